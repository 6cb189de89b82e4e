// SPDX-License-Identifier: Apache-2.0
#include "core/data/range_map.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace og {
namespace {

// Where prefixes differ, keys differ the same way: a padding zero is below every byte but zero, and
// where it equals one the keys are told apart by the whole comparison.
uint64_t prefix_of(std::string_view key) noexcept {
  unsigned char bytes[8] = {};
  if (!key.empty()) std::memcpy(bytes, key.data(), std::min<size_t>(key.size(), sizeof bytes));
  uint64_t prefix = 0;
  for (unsigned char byte : bytes) prefix = prefix << 8 | byte;
  return prefix;
}

// Keys in messages: short, and printable.
std::string shown(std::string_view key) {
  std::string text;
  for (char c : key.substr(0, 40)) text += c >= ' ' && c <= '~' ? c : '?';
  return "'" + text + (key.size() > 40 ? "...'" : "'");
}

}  // namespace

Result<std::unique_ptr<const RangeMap>> RangeMap::create(std::span<const std::string_view> splits) {
  std::vector<std::string> starts{""};
  std::vector<int32_t> owners{0};
  for (size_t i = 0; i < splits.size(); ++i) {
    auto bad = [&](const char* why) {
      return fail(Status::kInvalidArgument,
                  "split " + std::to_string(i) + ", " + shown(splits[i]) + ", " + why);
    };
    if (splits[i].empty()) return bad("is empty: the first range begins there");
    if (splits[i] == starts.back()) return bad("stands twice");
    if (splits[i] < starts.back()) {
      return bad("is below the one before it: splits ascend, compared as bytes");
    }
    starts.emplace_back(splits[i]);
    owners.push_back(static_cast<int32_t>(i + 1));
  }
  return std::unique_ptr<const RangeMap>(new RangeMap(std::move(starts), std::move(owners)));
}

RangeMap::RangeMap(std::vector<std::string> starts, std::vector<int32_t> owners)
    : starts_(std::move(starts)), owners_(std::move(owners)) {
  shards_ = 1 + *std::max_element(owners_.begin(), owners_.end());
  if (starts_.size() > 1) {
    // They ascend, so that what the first and the last share, all do.
    const std::string &low = starts_[1], &high = starts_.back();
    common_ = low.substr(
        0,
        static_cast<size_t>(std::mismatch(low.begin(), low.end(), high.begin(), high.end()).first -
                            low.begin()));
  }
  for (size_t i = 1; i < starts_.size(); ++i) {
    prefixes_.push_back(prefix_of(std::string_view(starts_[i]).substr(common_.size())));
  }
  std::vector<int64_t> last(static_cast<size_t>(shards_), -1);
  for (size_t i = 0; i < owners_.size(); ++i) {
    int64_t& before = last[static_cast<size_t>(owners_[i])];
    same_before_.push_back(before);
    before = static_cast<int64_t>(i);
  }
}

std::unique_ptr<const RangeMap> RangeMap::with_split(std::string_view key, int32_t shard) const {
  auto starts = starts_;
  auto owners = owners_;
  size_t at = range_of(key);
  if (starts[at] == key) {
    owners[at] = shard;
  } else {
    auto offset = static_cast<std::ptrdiff_t>(at) + 1;
    starts.emplace(starts.begin() + offset, key);
    owners.insert(owners.begin() + offset, shard);
  }
  return std::unique_ptr<const RangeMap>(new RangeMap(std::move(starts), std::move(owners)));
}

std::unique_ptr<const RangeMap> RangeMap::without_split(std::string_view key) const {
  size_t at = range_of(key);
  if (at == 0 || starts_[at] != key) return nullptr;
  auto starts = starts_;
  auto owners = owners_;
  starts.erase(starts.begin() + static_cast<std::ptrdiff_t>(at));
  owners.erase(owners.begin() + static_cast<std::ptrdiff_t>(at));
  return std::unique_ptr<const RangeMap>(new RangeMap(std::move(starts), std::move(owners)));
}

std::unique_ptr<const RangeMap> RangeMap::copy() const {
  return std::unique_ptr<const RangeMap>(new RangeMap(*this));
}

// The last range that begins at or below the key.
size_t RangeMap::range_of(std::string_view key) const noexcept {
  int order = key.substr(0, common_.size()).compare(common_);
  if (order < 0) return 0;
  if (order > 0) return prefixes_.size();
  uint64_t prefix = prefix_of(key.substr(common_.size()));
  auto low = std::lower_bound(prefixes_.begin(), prefixes_.end(), prefix);
  auto high = low;
  if (low != prefixes_.end() && *low == prefix) {
    high = std::upper_bound(low, prefixes_.end(), prefix);
  }
  if (high == low) return static_cast<size_t>(low - prefixes_.begin());
  auto above = std::upper_bound(starts_.begin() + 1 + (low - prefixes_.begin()),
                                starts_.begin() + 1 + (high - prefixes_.begin()), key,
                                [](std::string_view k, const std::string& s) { return k < s; });
  return static_cast<size_t>(above - starts_.begin()) - 1;
}

int64_t RangeMap::span(std::string_view first, std::string_view end,
                       std::span<int32_t> out) const noexcept {
  if (!end.empty() && end <= first) return 0;
  size_t begin = range_of(first);
  size_t found = 0;
  for (size_t i = begin; i < owners_.size(); ++i) {
    if (i > begin && !end.empty() && end <= starts_[i]) break;
    if (same_before_[i] >= static_cast<int64_t>(begin)) continue;
    if (found < out.size()) out[found] = owners_[i];
    ++found;
  }
  return static_cast<int64_t>(found);
}

std::vector<KeyRange> RangeMap::list() const {
  std::vector<KeyRange> all;
  for (size_t i = 0; i < owners_.size(); ++i) {
    all.push_back(
        {starts_[i], i + 1 < starts_.size() ? starts_[i + 1] : "", owners_[i], owners_[i]});
  }
  return all;
}

std::vector<KeyRange> RangeMap::moves(const RangeMap& from, const RangeMap& to) {
  std::vector<KeyRange> all;
  size_t i = 0, j = 0;
  for (;;) {
    // [first, end): the next run of keys that neither map cuts.
    const std::string& first = std::max(from.starts_[i], to.starts_[j]);
    const std::string* next_i = i + 1 < from.ranges() ? &from.starts_[i + 1] : nullptr;
    const std::string* next_j = j + 1 < to.ranges() ? &to.starts_[j + 1] : nullptr;
    const std::string* end =
        !next_i   ? next_j
        : !next_j ? next_i
                  : std::min(next_i, next_j,
                             [](const std::string* a, const std::string* b) { return *a < *b; });
    int32_t giver = from.owners_[i], taker = to.owners_[j];
    if (giver != taker) {
      bool joins = !all.empty() && all.back().end == first && all.back().from == giver &&
                   all.back().to == taker;
      if (joins) {
        all.back().end = end ? *end : "";
      } else {
        all.push_back({first, end ? *end : "", giver, taker});
      }
    }
    if (!end) return all;
    if (next_i && *next_i == *end) ++i;
    if (next_j && *next_j == *end) ++j;
  }
}

}  // namespace og
