// SPDX-License-Identifier: Apache-2.0
#include "core/observe/process_sums.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "core/scope/segment_layout.h"

namespace og {
namespace {

constexpr uint32_t kMostColumns = 256;

uint64_t word_of(double level) { return std::bit_cast<uint64_t>(level == 0 ? -0.0 : level); }

uint64_t notes_bytes(uint32_t columns) { return aligned(uint64_t{columns} * 8); }

// What has come since `last`; all, where there was more then: its noun was made anew.
int64_t since(int64_t last, int64_t now) {
  return now >= last ? now - last : std::max<int64_t>(now, 0);
}

Histogram::Counts since(const Histogram::Counts& last, const Histogram::Counts& now) {
  Histogram::Counts more;
  for (size_t i = 0; i < now.buckets.size(); ++i) {
    if (now.buckets[i] < last.buckets[i]) return now;
    more.buckets[i] = now.buckets[i] - last.buckets[i];
  }
  more.sum_ns =
      static_cast<int64_t>(static_cast<uint64_t>(now.sum_ns) - static_cast<uint64_t>(last.sum_ns));
  return more;
}

}  // namespace

uint32_t ProcessSums::columns_for(uint32_t attachments) {
  return std::min(attachments, kMostColumns);
}

uint64_t ProcessSums::bytes_for(int64_t series, uint32_t attachments) {
  const uint32_t columns = columns_for(attachments);
  return SeriesTable::bytes_for(series) + notes_bytes(columns) +
         static_cast<uint64_t>(series) * columns * sizeof(Word);
}

ProcessSums::ProcessSums(CellMemory memory, int64_t series)
    : table_(memory, series, {"series of the processes together", "shared_series"}),
      columns_(columns_for(memory.scope().attachment_limit())),
      notes_(reinterpret_cast<Word*>(memory.data() + SeriesTable::bytes_for(series))),
      levels_(reinterpret_cast<Word*>(memory.data() + SeriesTable::bytes_for(series) +
                                      notes_bytes(columns_))) {}

// Nullptr where this process has no attachment, or one beyond the columns.
ProcessSums::Word* ProcessSums::own_column() const noexcept {
  const Scope& scope = table_.scope();
  if (scope.owner() == 0) scope.regain();
  const uint64_t owner = scope.owner();
  const uint32_t index = owner_index(owner);
  if (owner == 0 || index >= columns_) return nullptr;
  Word* levels = column(index);
  if (notes_[index].load(std::memory_order_acquire) != owner) {
    notes_[index].store(0, std::memory_order_seq_cst);
    for (int32_t i = 0; i < table_.capacity(); ++i) levels[i].store(0, std::memory_order_seq_cst);
    notes_[index].store(owner, std::memory_order_seq_cst);
  }
  return levels;
}

ProcessSums::Added ProcessSums::add(uint64_t rounds, const std::vector<Sample>& samples) {
  ForkLock lock(mutex_);
  if (rounds_.load(std::memory_order_relaxed) != rounds) return Added::kOvertaken;
  rounds_.store(rounds + 1, std::memory_order_release);
  Word* const levels = own_column();
  int64_t left_out = 0;
  Added added = Added::kAll;
  for (const Sample& sample : samples) {
    if (sample.is_shared) continue;
    const auto one = add_one(sample, levels);
    if (!one && one.error().code == Status::kTimeout) added = Added::kBusy;
    left_out += !one;
  }
  left_out_.store(left_out, std::memory_order_relaxed);
  if (!levels) return added;
  for (const auto& [name, last] : last_) {  // whose nouns no longer have them
    if (last.round != rounds + 1) levels[last.id].store(0, std::memory_order_relaxed);
  }
  return added;
}

Result<void> ProcessSums::add_one(const Sample& sample, Word* levels) {
  std::string name = sample.family + '{' + sample.labels;
  auto known = last_.find(name);
  if (known == last_.end()) {
    auto id = table_.find_or_make(sample.kind, sample.names(), SeriesTable::Waits::kNo);
    if (!id) return tl::unexpected(std::move(id.error()));
    known = last_.emplace(std::move(name), Last{*id}).first;
  }
  Last& last = known->second;
  const uint64_t round = rounds_.load(std::memory_order_relaxed);
  if (last.round == round) return {};  // an equal one came before
  SeriesRecord* const series = table_.find(last.id, sample.kind);
  if (!series) return fail(Status::kInvalidArgument, "the series is of another kind");
  last.round = round;
  switch (sample.kind) {
    case SeriesKind::kCounter:
      series->add(since(last.count, sample.count));
      last.count = sample.count;
      break;
    case SeriesKind::kHistogram:
      series->histogram.add(since(last.histogram, *sample.histogram));
      last.histogram = *sample.histogram;
      break;
    case SeriesKind::kGauge:
    case SeriesKind::kLevel:
      if (!levels) return fail(Status::kFull, "the process has no column");
      levels[last.id].store(word_of(sample.level), std::memory_order_relaxed);
      break;
  }
  return {};
}

void ProcessSums::each(const std::function<void(const Sum&)>& f) const {
  std::vector<const Word*> living;
  for (uint32_t i = 0; i < columns_; ++i) {
    const uint64_t owner = notes_[i].load(std::memory_order_acquire);
    if (owner != 0 && owner_index(owner) == i && table_.scope().is_alive(owner))
      living.push_back(column(i));
  }
  const auto level_of = [&](int32_t id, SeriesKind kind) -> std::optional<double> {
    std::optional<double> all;
    for (const Word* levels : living) {
      const uint64_t word = levels[id].load(std::memory_order_relaxed);
      if (word == 0) continue;
      const auto level = std::bit_cast<double>(word);
      if (!all)
        all = level;
      else
        all = kind == SeriesKind::kLevel ? std::max(*all, level) : *all + level;
    }
    return all;
  };
  table_.each([&](int32_t id, SeriesKind kind, const SeriesRecord::Names& names,
                  const SeriesRecord& series) {
    if (names.instance.find('\n') != names.instance.npos) return;  // damaged
    if (kind == SeriesKind::kCounter || kind == SeriesKind::kHistogram)
      f({kind, names, series});
    else if (const auto level = level_of(id, kind))
      f({kind, names, series, *level + 0.0});
  });
}

void ProcessSums::show(PrometheusText& text) const {
  each([&](const Sum& sum) {
    const auto& [kind, names, record, level] = sum;
    const std::string labels(names.instance);
    if (kind == SeriesKind::kCounter) {
      text.write_counter(names.family, names.help, labels,
                         record.count.load(std::memory_order_relaxed));
    } else if (kind == SeriesKind::kHistogram) {
      text.write_histogram(names.family, names.help, labels, record.histogram.counts());
    } else {
      text.write_gauge(names.family, names.help, labels, level);
    }
  });
}

std::vector<std::string> ProcessSums::faults() const {
  std::vector<std::string> faults;
  for (const std::string& fault : table_.faults(SeriesKind::kLevel))
    faults.push_back("added up, " + fault);
  table_.each([&](int32_t id, SeriesKind, const SeriesRecord::Names& names, const SeriesRecord&) {
    if (names.instance.find('\n') != names.instance.npos)
      faults.push_back("added up, series " + std::to_string(id) + " has labels of two lines");
  });
  for (uint32_t i = 0; i < columns_; ++i) {
    const uint64_t owner = notes_[i].load(std::memory_order_acquire);
    if (owner != 0 && owner_index(owner) != i)
      faults.push_back("added up, column " + std::to_string(i) + " is noted as attachment " +
                       std::to_string(owner_index(owner)) + "'s");
  }
  return faults;
}

}  // namespace og
