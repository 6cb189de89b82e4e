// SPDX-License-Identifier: Apache-2.0
#include "core/cache/ghost_list.h"

#include <algorithm>
#include <bit>
#include <new>

namespace og {

void GhostList::add(uint64_t hash, int64_t charge) noexcept {
  if (charge > capacity_) return;
  if ((used_ + 1) * 4 > slots_.size() * 3 && !rebuild()) return clear();
  Slot& slot = probe(hash);
  if (slot.hash == 0) ++used_;
  slot = {hash, sum_};
  sum_ += charge;
}

bool GhostList::take(uint64_t hash) noexcept {
  if (slots_.empty()) return false;
  Slot& slot = probe(hash);
  bool found = slot.hash != 0 && remembered(slot);
  slot.entered = kTaken;
  return found;
}

void GhostList::clear() noexcept {
  slots_ = {};
  used_ = 0;
  sum_ = 0;
}

GhostList::Slot& GhostList::probe(uint64_t hash) noexcept {
  size_t mask = slots_.size() - 1;
  size_t i = static_cast<size_t>(hash >> 16) & mask;
  while (slots_[i].hash != 0 && slots_[i].hash != hash) i = (i + 1) & mask;
  return slots_[i];
}

// False when there is no memory: to forget costs a few hits and nothing else.
bool GhostList::rebuild() noexcept {
  auto live = std::count_if(slots_.begin(), slots_.end(),
                            [this](const Slot& slot) { return remembered(slot); });
  try {
    std::vector<Slot> old(std::bit_ceil(std::max<size_t>(16, 2 * static_cast<size_t>(live + 1))));
    old.swap(slots_);
    used_ = 0;
    for (const Slot& slot : old) {
      if (!remembered(slot)) continue;
      probe(slot.hash) = slot;
      ++used_;
    }
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace og
