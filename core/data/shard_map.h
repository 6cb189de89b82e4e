// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/read_gate.h"
#include "core/base/snapshot.h"
#include "core/data/range_map.h"
#include "core/data/shard_tally.h"

namespace og {

extern const OptionTable kShardsOptions;

// Which shard holds a key: by hash (XXH3 of the key's bytes, then jump consistent hash) or by range
// (see RangeMap). Both depend on nothing but the key and the map, so that every process and
// language agrees; neither `hash % n`, which moves nearly every key when n changes, nor a
// per-process hash does.
//
// A change is planned on a copy, compared with the map in use (moves, moved_share, move_of), and
// put to use by assign() once the program has copied what moves. Changes take a lock among
// themselves. Lookups take none: by hash the map is one number, by range it is a snapshot behind a
// gate.
//
// Safe from every thread.
class ShardMap {
 public:
  static constexpr int32_t kMaxShards = 65536;
  enum class Strategy { kHash, kRange };

  // Splits are for ranges alone; without them shard 0 holds every key.
  static Result<std::unique_ptr<ShardMap>> create(const Config& config,
                                                  std::span<const std::string_view> splits = {});
  std::unique_ptr<ShardMap> copy() const;

  int32_t of(std::string_view key) const noexcept;
  int32_t locate(std::string_view key) const noexcept;  // as of(), not counted: for planning
  int32_t of_int64(int64_t key) const noexcept;
  // All from one map, though it be changed meanwhile. Keys are pointers and lengths as in the C
  // interface; key_lens may be any that are not negative.
  void of_many(const void* const* keys, const int64_t* key_lens, int64_t count,
               int32_t* out) const noexcept;
  void of_int64_many(const int64_t* keys, int64_t count, int32_t* out) const noexcept;

  // As RangeMap::span; by hash all shards, since keys that follow one another are scattered.
  int64_t span(std::string_view first, std::string_view end, std::span<int32_t> out) const noexcept;

  // By hash.
  Result<void> resize(int64_t shards);
  // By range: see RangeMap::with_split and without_split.
  Result<void> split(std::string_view key, int64_t shard);
  Result<void> merge(std::string_view key);
  // Takes over another's map, of the same strategy.
  Result<void> assign(const ShardMap& next);

  Strategy strategy() const noexcept { return strategy_; }
  int32_t count() const noexcept { return shards_.load(std::memory_order_acquire); }
  int64_t lookups(int32_t shard) const noexcept { return tally_.total(shard); }
  void collect(MetricSink& sink) const;

  // By range: the ranges, and what changes hands from one map to another.
  Result<std::vector<KeyRange>> ranges() const;
  static Result<std::vector<KeyRange>> moves(const ShardMap& from, const ShardMap& to);
  // By hash: the expected share of keys that change hands; by range, where it depends on the keys,
  // Status::kNone as a number.
  static Result<double> moved_share(const ShardMap& from, const ShardMap& to);

  // The bytes that stand for an integer key: big-endian with the sign bit flipped, so that numeric
  // order is byte order.
  static std::array<char, 8> int64_key(int64_t key) noexcept;

 private:
  ShardMap(Strategy strategy, int32_t shards, std::unique_ptr<const RangeMap> ranges);
  Result<void> check(Strategy wanted, const char* what) const;
  void publish(std::unique_ptr<const RangeMap> next) OG_REQUIRES(mutex_);
  template <class KeyAt>
  void look_up(int64_t count, int32_t* out, KeyAt&& key_at) const noexcept;

  const Strategy strategy_;
  std::atomic<int32_t> shards_;
  mutable ReadGate gate_;
  Snapshot<RangeMap> ranges_;
  mutable ForkMutex mutex_;  // of changes
  std::atomic<int64_t> changes_{0};
  mutable ShardTally<kMaxShards> tally_;
};

}  // namespace og
