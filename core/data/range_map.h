// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace og {

// A run of keys [first, end) and whose it is; an empty `end` is no end. In a list of moves it goes
// from one shard to another, in a list of a map's own ranges both are the shard that holds it.
struct KeyRange {
  std::string first;
  std::string end;
  int32_t from = 0;
  int32_t to = 0;
};

// All keys, cut at split keys into ranges, each held by a shard. Keys are compared as bytes. Range
// 0 begins at the empty key, so every key has a range.
//
// A range has an owner instead of being its own number: splitting one then renumbers none of the
// others, and what a change moves is no more than the keys that it names.
//
// Immutable. A lookup is a binary search over eight bytes of each split, behind what all have in
// common, eight splits to a cache line; whole keys are compared only where those are equal.
class RangeMap {
 public:
  // Range i is shard i's. The splits must ascend, and none be empty.
  static Result<std::unique_ptr<const RangeMap>> create(std::span<const std::string_view> splits);

  // The keys from `key` up to the next split go to `shard`; `key` becomes a split if it is none.
  std::unique_ptr<const RangeMap> with_split(std::string_view key, int32_t shard) const;
  // The range that begins at `key` joins the one before it; nullptr when none begins there.
  std::unique_ptr<const RangeMap> without_split(std::string_view key) const;
  std::unique_ptr<const RangeMap> copy() const;

  int32_t shard_of(std::string_view key) const noexcept { return owners_[range_of(key)]; }
  int32_t shards() const noexcept {
    return shards_;
  }  // one more than the highest that owns a range
  size_t ranges() const noexcept { return owners_.size(); }
  std::vector<KeyRange> list() const;

  // The shards that own keys of [first, end), in key order, each once; an empty `end` is no end. As
  // many as fit into `out`; answers how many there are.
  int64_t span(std::string_view first, std::string_view end, std::span<int32_t> out) const noexcept;

  // What changes hands between two maps: ascending, disjoint, neighbours of one move made one.
  static std::vector<KeyRange> moves(const RangeMap& from, const RangeMap& to);

 private:
  RangeMap(std::vector<std::string> starts, std::vector<int32_t> owners);
  size_t range_of(std::string_view key) const noexcept;

  std::vector<std::string> starts_;  // of each range; the first is empty, the others are the splits
  std::string common_;               // what all splits begin with
  std::vector<uint64_t> prefixes_;   // of the splits, behind that: big-endian, padded with zeros
  std::vector<int32_t> owners_;
  std::vector<int64_t> same_before_;  // the nearest earlier range of the same owner, or -1
  int32_t shards_;
};

}  // namespace og
