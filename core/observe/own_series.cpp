// SPDX-License-Identifier: Apache-2.0
#include "core/observe/own_series.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"

namespace og {
namespace {

bool valid_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name[0])) return false;
  for (char c : name) {
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

// What promtool would say of the family's name, said when the series is made.
Result<void> check_name(OwnSeries::Kind kind, std::string_view name) {
  if (auto checked = check_text(name, "name"); !checked) return checked;
  auto refuse = [&](std::string why) {
    return fail(Status::kInvalidArgument, "metric name '" + shown(name, 80) + "' " + std::move(why),
                "name");
  };
  if (!valid_name(name)) return refuse("must be letters, digits and '_', and start with no digit");
  if (name.starts_with("outgrow_")) return refuse("starts with 'outgrow_', the library's own");
  bool total = name.ends_with("_total");
  if (kind == OwnSeries::Kind::kCounter && !total)
    return refuse("of a counter must end in '_total'");
  if (kind != OwnSeries::Kind::kCounter && total)
    return refuse("ends in '_total' and is no counter");
  for (std::string_view suffix : {"_bucket", "_sum", "_count"}) {
    if (name.ends_with(suffix)) return refuse("ends in what the series of a histogram end in");
  }
  return {};
}

// A counter stops at the top. Below kNearTop, thousands of threads at a time that each add less
// than kSmall do not get there.
constexpr int64_t kTop = std::numeric_limits<int64_t>::max();
constexpr int64_t kNearTop = kTop / 2, kSmall = int64_t{1} << 48;

void add_up_to_top(std::atomic<int64_t>& count, int64_t by) noexcept {
  int64_t old = count.load(std::memory_order_relaxed);
  while (!count.compare_exchange_weak(old, old > kTop - by ? kTop : old + by,
                                      std::memory_order_relaxed)) {
  }
}

}  // namespace

Result<int32_t> OwnSeries::look_up(Kind kind, std::string_view family, std::string_view instance) {
  // What other processes have defined since.
  for (; indexed_ < capacity_ && records_[indexed_].kind.load(std::memory_order_acquire) != 0;
       ++indexed_) {
    index_.add(indexed_);
  }
  const int32_t relative = index_.find_family(family);
  if (relative == SeriesIndex::kNone) return kNew;
  if (records_[relative].kind.load(std::memory_order_acquire) != 1 + static_cast<uint64_t>(kind)) {
    return fail(Status::kInvalidArgument,
                "metric '" + std::string(family) + "' is already of another kind", "name");
  }
  return index_.find(family, instance);
}

Result<int32_t> OwnSeries::define(Kind kind, std::string_view family, std::string_view help,
                                  std::string_view instance) {
  if (auto checked = check_name(kind, family); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_text(help, "help"); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_text(instance, "instance"); !checked)
    return tl::unexpected(checked.error());
  if (help.empty()) help = family;
  if (family.size() + help.size() + instance.size() > SeriesRecord::kMostText) {
    return fail(Status::kInvalidArgument,
                "metric '" + shown(family, 80) + "': its name, help and instance have more than " +
                    std::to_string(SeriesRecord::kMostText) + " bytes together");
  }
  std::unique_lock lock(mutex_);
  mutex_.assert_held();
  auto known = look_up(kind, family, instance);
  if (!known || *known != kNew) return known;
  auto change = memory_.scope().change(&lock);
  if (!change) return tl::unexpected(change.error());
  known = look_up(kind, family, instance);  // another process may have made it meanwhile
  if (!known || *known != kNew) return known;
  const int32_t vacant = indexed_;
  if (vacant == capacity_) {
    return fail(Status::kFull,
                "no more than " + std::to_string(capacity_) + " series of the program's own",
                "series");
  }
  SeriesRecord& made = records_[vacant];
  made.family = static_cast<uint32_t>(family.size());
  made.help = static_cast<uint32_t>(help.size());
  made.instance = static_cast<uint32_t>(instance.size());
  char* text = made.text;
  for (std::string_view part : {family, help, instance})
    text = std::copy(part.begin(), part.end(), text);
  made.kind.store(1 + static_cast<uint64_t>(kind), std::memory_order_release);
  return vacant;
}

SeriesRecord* OwnSeries::find(int32_t id, Kind kind) const noexcept {
  if (id < 0 || id >= capacity_) return nullptr;
  SeriesRecord* record = &records_[id];
  return record->kind.load(std::memory_order_acquire) == 1 + static_cast<uint64_t>(kind) ? record
                                                                                         : nullptr;
}

Status OwnSeries::increment(int32_t id, int64_t by) noexcept {
  SeriesRecord* series = find(id, Kind::kCounter);
  if (!series || by < 0) return Status::kInvalidArgument;
  if (by < kSmall && series->count.load(std::memory_order_relaxed) < kNearTop) [[likely]] {
    series->count.fetch_add(by, std::memory_order_relaxed);
  } else {
    add_up_to_top(series->count, by);
  }
  return Status::kOk;
}

Status OwnSeries::set(int32_t id, double value) noexcept {
  SeriesRecord* series = find(id, Kind::kGauge);
  if (!series) return Status::kInvalidArgument;
  series->level.store(value, std::memory_order_relaxed);
  return Status::kOk;
}

Status OwnSeries::observe(int32_t id, int64_t ns) noexcept {
  SeriesRecord* series = find(id, Kind::kHistogram);
  if (!series || ns < 0) return Status::kInvalidArgument;
  series->histogram.record(ns);
  return Status::kOk;
}

void OwnSeries::collect(MetricSink& sink) const {
  for (int32_t i = 0; i < capacity_; ++i) {
    const SeriesRecord& series = records_[i];
    const uint64_t kind = series.kind.load(std::memory_order_acquire);
    if (kind == 0) break;
    const auto [family, help, instance] = series.names();
    if (!valid_name(family)) continue;  // damaged
    std::optional<MetricSink::Scope> named;
    if (!instance.empty()) named.emplace(sink, "name", instance);
    switch (static_cast<Kind>(kind - 1)) {
      case Kind::kCounter:
        sink.counter(family, help, {}, series.count.load(std::memory_order_relaxed));
        break;
      case Kind::kGauge:
        sink.gauge(family, help, {}, series.level.load(std::memory_order_relaxed));
        break;
      case Kind::kHistogram:
        sink.histogram(family, help, {}, series.histogram);
        break;
    }
  }
}

std::vector<std::string> OwnSeries::faults() const {
  std::vector<std::string> faults;
  std::unique_lock lock(mutex_);
  auto change = memory_.scope().change(&lock);
  if (!change) return {change.error().message};
  std::set<std::pair<std::string_view, std::string_view>> known;
  bool ended = false;
  for (int32_t i = 0; i < capacity_; ++i) {
    const auto fault = [&](const std::string& what) {
      faults.push_back("series " + std::to_string(i) + " " + what);
    };
    const uint64_t kind = records_[i].kind.load(std::memory_order_acquire);
    if (kind == 0) {
      ended = true;
      continue;
    }
    if (ended) fault("was defined after one that was not");
    if (kind > 1 + static_cast<uint64_t>(Kind::kHistogram))
      fault("is of kind " + std::to_string(kind));
    const SeriesRecord::Names names = records_[i].names();
    if (names.family.empty())
      fault("has no name");
    else if (!known.emplace(names.family, names.instance).second)
      fault("has the name of another: " + std::string(names.family));
    if (records_[i].count.load(std::memory_order_relaxed) < 0)
      fault("has counted less than nothing");
  }
  return faults;
}

}  // namespace og
