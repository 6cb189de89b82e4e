// SPDX-License-Identifier: Apache-2.0
#include "core/scope/place.h"

#include "core/base/random.h"
#include "core/base/zeroed_block.h"

namespace og {

Result<std::optional<Segment::Change>> CellMemory::change(std::unique_lock<ForkMutex>& own) const {
  if (!segment_) return std::nullopt;
  auto change = segment_->change(own);
  if (!change) return tl::unexpected(change.error());
  return std::move(*change);
}

uint64_t Place::seed(uint64_t asked) const {
  if (asked != 0) return asked;
  return segment_ ? segment_->seed() : entropy_seed();
}

Result<CellMemory> Place::take(CellKind kind, const Options& options, uint64_t bytes) const {
  if (!segment_) {
    auto block = std::make_shared<ZeroedBlock>(bytes);
    void* data = block->data();
    return CellMemory(data, nullptr, std::move(block));
  }
  auto object = segment_->object(static_cast<uint32_t>(kind), name_, options.to_text(),
                                 static_cast<int64_t>(bytes));
  if (!object) return tl::unexpected(object.error());
  return CellMemory(object->memory, segment_, nullptr);
}

}  // namespace og
