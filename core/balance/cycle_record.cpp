// SPDX-License-Identifier: Apache-2.0
#include "core/balance/cycle_record.h"

#include "core/base/hash.h"

namespace og {

uint64_t CycleRecord::fingerprint(std::span<const Member> members) noexcept {
  uint64_t print = 1;
  for (const Member& m : members) {
    if (!m.healthy || m.weight == 0) continue;
    const auto index = static_cast<uint64_t>(m.endpoint->index);
    print = mix64(print ^ mix64(index << 32 | static_cast<uint64_t>(m.weight))) + 1;
  }
  return print;
}

void CycleRecord::write(const NamedCycle& drawn) noexcept {
  const Cycle& cycle = *drawn.cycle;
  if (cycle.size() > room(capacity_)) return;
  const uint64_t writing = head_->writings.load(std::memory_order_relaxed) | 1;
  head_->writings.store(writing, std::memory_order_seq_cst);
  head_->fingerprint.store(drawn.fingerprint, std::memory_order_release);
  head_->length.store(cycle.size(), std::memory_order_release);
  for (size_t i = 0; i < cycle.size();
       ++i) {  // release: who sees an entry sees that it is being written
    entries_[i].store(static_cast<uint16_t>(cycle[i]), std::memory_order_release);
  }
  head_->writings.store(writing + 1, std::memory_order_release);
}

std::shared_ptr<const Cycle> CycleRecord::read(std::span<const Member> members) const {
  const uint64_t writings = head_->writings.load(std::memory_order_acquire);
  if (writings == 0 || (writings & 1) != 0) return nullptr;
  if (head_->fingerprint.load(std::memory_order_acquire) != fingerprint(members)) return nullptr;
  const uint64_t length = head_->length.load(std::memory_order_acquire);
  size_t candidates = 0;
  std::vector<bool> may_be_picked(capacity_);
  for (const Member& m : members) {
    if (!m.healthy || m.weight == 0) continue;
    may_be_picked[static_cast<size_t>(m.endpoint->index)] = true;
    ++candidates;
  }
  if (length > room(capacity_) || length < candidates) return nullptr;
  auto cycle = std::make_shared<Cycle>(length);
  bool whole = true;
  for (size_t i = 0; i < length; ++i) {
    const uint16_t entry = entries_[i].load(std::memory_order_acquire);
    whole = whole && entry < capacity_ && may_be_picked[entry];
    (*cycle)[i] = entry;
  }
  if (!whole || head_->writings.load(std::memory_order_relaxed) != writings) return nullptr;
  return cycle;
}

}  // namespace og
