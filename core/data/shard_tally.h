// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "core/base/striped_tally.h"

namespace og {

// A counter a shard, in blocks that are added as the number of shards grows, never moved.
template <int32_t kMost>
class ShardTally {
 public:
  ShardTally() = default;
  ShardTally(const ShardTally&) = delete;
  ShardTally& operator=(const ShardTally&) = delete;
  ~ShardTally() {
    for (auto& block : blocks_) delete block.load(std::memory_order_relaxed);
  }

  // One caller at a time; before shards below `count` are shown to those who add.
  void grow(int32_t count) {
    for (size_t i = 0; i < blocks_.size() && static_cast<int32_t>(i) * kBlock < count; ++i) {
      if (blocks_[i].load(std::memory_order_relaxed)) continue;
      blocks_[i].store(new StripedTally(kBlock), std::memory_order_release);
    }
  }

  void add(int32_t shard) noexcept {
    blocks_[static_cast<size_t>(shard / kBlock)]
        .load(std::memory_order_acquire)
        ->add(static_cast<size_t>(shard % kBlock));
  }

  int64_t total(int32_t shard) const noexcept {
    const StripedTally* block =
        blocks_[static_cast<size_t>(shard / kBlock)].load(std::memory_order_acquire);
    return block ? block->total(static_cast<size_t>(shard % kBlock)) : 0;
  }

 private:
  static constexpr int32_t kBlock = 64;
  std::array<std::atomic<StripedTally*>, kMost / kBlock> blocks_{};
};

}  // namespace og
