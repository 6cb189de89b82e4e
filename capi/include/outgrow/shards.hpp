// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <outgrow/options.hpp>
#include <outgrow/ranges.hpp>
#include <vector>

namespace outgrow {

// Which shard holds a key, by stable hash or by range, the same in every process and language:
// shards.h has the rules, and how to change a map in use. Lookups take no lock and allocate
// nothing; safe from every thread.
class ShardMap : public detail::Handle<og_shards, og_shards_destroy> {
 public:
  // From where to where a key moves between two maps.
  struct Move {
    bool moves;
    std::int32_t from;
    std::int32_t to;

    explicit operator bool() const noexcept { return moves; }
  };

  using Handle::Handle;
  // By hash, or by range with a single shard.
  explicit ShardMap(const Options& options = {}) : ShardMap(Keys(), options) {}
  // By range: ascending, none empty. Shard i holds the keys from split i - 1 on, up to split i.
  ShardMap(const Keys& splits, const Options& options)
      : Handle(detail::make<og_shards>(og_shards_create, detail::given(options), splits.data(),
                                       splits.sizes(), splits.count())) {}

  // The same map, to be changed on its own.
  [[nodiscard]] ShardMap copy() const {
    return ShardMap(detail::make<og_shards>(og_shards_copy, handle()));
  }

  // Hot.
  [[nodiscard]] std::int32_t of(Bytes key) const {
    return detail::checked(og_shards_of(handle(), key.data(), key.size()), "og_shards_of");
  }
  // Of an integer key: the shard of its int64_key.
  [[nodiscard]] std::int32_t of_int64(std::int64_t key) const {
    return detail::checked(og_shards_of_int64(handle(), key), "og_shards_of_int64");
  }
  // All by the same map.
  void of_many(const Keys& keys, std::vector<std::int32_t>& out) const {
    out.resize(keys.size());
    detail::checked(
        og_shards_of_many(handle(), keys.data(), keys.sizes(), keys.count(), out.data()),
        "og_shards_of_many");
  }
  void of_int64_many(const std::vector<std::int64_t>& keys, std::vector<std::int32_t>& out) const {
    out.resize(keys.size());
    detail::checked(og_shards_of_int64_many(handle(), keys.data(),
                                            static_cast<std::int64_t>(keys.size()), out.data()),
                    "og_shards_of_int64_many");
  }
  // The 8 bytes that stand for an integer key, in numeric order: for splits and spans.
  static std::array<std::byte, 8> int64_key(std::int64_t key) {
    std::array<std::byte, 8> out{};
    detail::checked(og_shards_int64_key(key, out.data()), "og_shards_int64_key");
    return out;
  }

  std::int64_t count() const {
    return detail::checked(og_shards_count(handle()), "og_shards_count");
  }

  // The shards that hold keys from first on, up to but without end (empty: no end). By range in key
  // order; by hash all.
  [[nodiscard]] std::vector<std::int32_t> span(Bytes first, Bytes end) const {
    std::vector<std::int32_t> shards(static_cast<std::size_t>(count()));
    std::int64_t found =
        detail::checked(og_shards_span(handle(), first.data(), first.size(), end.data(), end.size(),
                                       shards.data(), static_cast<std::int64_t>(shards.size())),
                        "og_shards_span");
    shards.resize(static_cast<std::size_t>(found));
    return shards;
  }

  // ---- changes ----

  // By hash: to 1 to 65536 shards.
  void resize(std::int64_t count) { detail::call(og_shards_resize, handle(), count); }
  // By range: the keys from key on, up to the next split, go to the shard.
  void split(Bytes key, std::int32_t shard) {
    detail::call(og_shards_split, handle(), key.data(), key.size(), shard);
  }
  // By range: the split goes, and its range joins the one before it.
  void merge(Bytes key) { detail::call(og_shards_merge, handle(), key.data(), key.size()); }
  // Takes over the map of another of the same strategy.
  void assign(const ShardMap& next) {
    detail::call(og_shards_assign, handle(), detail::given(next));
  }

  // ---- what moves from this map to another ----

  [[nodiscard]] Move move(const ShardMap& to, Bytes key) const {
    std::int32_t from_shard = 0, to_shard = 0;
    std::int32_t moves = detail::checked(
        og_shards_move(handle(), detail::given(to), key.data(), key.size(), &from_shard, &to_shard),
        "og_shards_move");
    return {moves == 1, from_shard, to_shard};
  }
  // By hash: the share of all keys that is expected to move. Nothing by range, where it depends on
  // the keys.
  [[nodiscard]] std::optional<double> moved_share(const ShardMap& to) const {
    double share = detail::checked(og_shards_moved_share(handle(), detail::given(to)),
                                   "og_shards_moved_share");
    return share >= 0 ? std::optional(share) : std::nullopt;
  }
  // By range: exactly what moves.
  [[nodiscard]] KeyRanges moves(const ShardMap& to) const {
    return KeyRanges(detail::make<og_ranges>(og_shards_moves, handle(), detail::given(to)));
  }
  // By range: the map itself.
  [[nodiscard]] KeyRanges ranges() const {
    return KeyRanges(detail::make<og_ranges>(og_shards_ranges, handle()));
  }
};

}  // namespace outgrow
