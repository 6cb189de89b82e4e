// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <outgrow/options.hpp>
#include <outgrow/shards_calls.hpp>
#include <vector>

namespace outgrow {

// Which shard holds a key, by stable hash or by range, the same in every process and language:
// shards.h has the rules, and how to change a map in use. Lookups take no lock and allocate
// nothing; safe from every thread.
class ShardMap : public detail::ShardsCalls {
 public:
  // From where to where a key moves between two maps.
  struct Move {
    bool moves;
    std::int32_t from;
    std::int32_t to;

    explicit operator bool() const noexcept { return moves; }
  };

  using ShardsCalls::ShardsCalls;
  // By hash, or by range with a single shard.
  explicit ShardMap(const Options& options = {}) : ShardMap(Keys(), options) {}
  // By range: ascending, none empty. Shard i holds the keys from split i - 1 on, up to split i.
  ShardMap(const Keys& splits, const Options& options)
      : ShardsCalls(detail::make<og_shards>(og_shards_create, detail::given(options), splits.data(),
                                            splits.sizes(), splits.count())) {}

  // The same map, to be changed on its own.
  [[nodiscard]] ShardMap copy() const {
    return ShardMap(detail::make<og_shards>(og_shards_copy, handle()));
  }

  // The 8 bytes that stand for an integer key, in numeric order: for splits and spans.
  static std::array<std::byte, 8> int64_key(std::int64_t key) {
    std::array<std::byte, 8> out{};
    detail::checked(og_shards_int64_key(key, out.data()), "og_shards_int64_key");
    return out;
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

  [[nodiscard]] Move move(const ShardMap& to, Bytes key) const {
    std::int32_t from_shard = 0, to_shard = 0;
    std::int32_t moves = detail::checked(
        og_shards_move(handle(), detail::given(to), key.data(), key.size(), &from_shard, &to_shard),
        "og_shards_move");
    return {moves == 1, from_shard, to_shard};
  }
};

}  // namespace outgrow
