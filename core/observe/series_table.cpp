// SPDX-License-Identifier: Apache-2.0
#include "core/observe/series_table.h"

#include <algorithm>
#include <set>
#include <utility>

namespace og {

bool SeriesTable::is_family(std::string_view name) noexcept {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name[0])) return false;
  for (char c : name) {
    if (!letter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

tl::unexpected<Error> SeriesTable::full() const {
  return fail(Status::kFull, "no more than " + std::to_string(capacity_) + " " + told_.what,
              told_.option);
}

Result<int32_t> SeriesTable::look_up(SeriesKind kind, const SeriesRecord::Names& names) {
  // What other processes have made since.
  for (; indexed_ < capacity_ && records_[indexed_].kind.load(std::memory_order_acquire) != 0;
       ++indexed_) {
    index_.add(indexed_);
  }
  const int32_t relative = index_.find_family(names.family);
  if (relative == kNew) return kNew;
  if (records_[relative].kind.load(std::memory_order_acquire) != 1 + static_cast<uint64_t>(kind)) {
    return fail(Status::kInvalidArgument,
                "metric '" + std::string(names.family) + "' is already of another kind", "name");
  }
  return index_.find(names.family, names.instance);
}

Result<int32_t> SeriesTable::find_or_make(SeriesKind kind, const SeriesRecord::Names& names,
                                          Waits waits) {
  if (names.bytes() > SeriesRecord::kMostText) {
    return fail(Status::kInvalidArgument,
                "a series' texts have more than " + std::to_string(SeriesRecord::kMostText) +
                    " bytes together",
                "name");
  }
  std::unique_lock lock(mutex_);
  mutex_.assert_held();
  auto known = look_up(kind, names);
  if (!known || *known != kNew) return known;
  if (indexed_ == capacity_) return full();
  Scope::Change change;
  if (waits == Waits::kYes) {
    auto taken = memory_.scope().change(&lock);
    if (!taken) return tl::unexpected(taken.error());
    change = std::move(*taken);
  } else {
    auto taken = memory_.scope().try_change();
    if (!taken) return fail(Status::kTimeout, "another process is changing the scope", "name");
    change = std::move(*taken);
  }
  known = look_up(kind, names);  // another process may have made it meanwhile
  if (!known || *known != kNew) return known;
  const int32_t vacant = indexed_;
  if (vacant == capacity_) return full();
  SeriesRecord& made = records_[vacant];
  made.family = static_cast<uint32_t>(names.family.size());
  made.help = static_cast<uint32_t>(names.help.size());
  made.instance = static_cast<uint32_t>(names.instance.size());
  char* text = made.text;
  for (std::string_view part : {names.family, names.help, names.instance})
    text = std::copy(part.begin(), part.end(), text);
  made.kind.store(1 + static_cast<uint64_t>(kind), std::memory_order_release);
  return vacant;
}

std::vector<std::string> SeriesTable::faults(SeriesKind last) const {
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
    if (kind > 1 + static_cast<uint64_t>(last)) fault("is of kind " + std::to_string(kind));
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
