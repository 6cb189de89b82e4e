// SPDX-License-Identifier: Apache-2.0
#include "core/base/tickets.h"

#include <algorithm>

namespace og {
namespace {

constexpr uint64_t kGenerationMask = (uint64_t{1} << 43) - 1;

uint64_t held_word(uint64_t generation) { return generation << 1 | 1; }
uint64_t free_word(uint64_t generation) { return (generation & kGenerationMask) << 1; }

}  // namespace

Tickets::Tickets(int64_t capacity, int64_t deadline_ns)
    : capacity_(capacity),
      deadline_ns_(deadline_ns),
      slots_(new Slot[static_cast<size_t>(capacity)]) {}

int64_t Tickets::reserve() noexcept {
  uint64_t head = free_.load(std::memory_order_acquire);
  while (auto top = static_cast<uint32_t>(head)) {
    uint32_t below = slots_[top - 1].next.load(std::memory_order_relaxed);
    uint64_t next = ((head >> 32) + 1) << 32 | below;
    if (free_.compare_exchange_weak(head, next, std::memory_order_acq_rel)) return int64_t{top} - 1;
  }
  uint32_t fresh = used_.load(std::memory_order_relaxed);
  while (fresh < capacity_) {
    if (used_.compare_exchange_weak(fresh, fresh + 1, std::memory_order_acq_rel)) return fresh;
  }
  return -1;
}

void Tickets::push_free(uint32_t index) noexcept {
  uint64_t head = free_.load(std::memory_order_relaxed), next;
  do {
    slots_[index].next.store(static_cast<uint32_t>(head), std::memory_order_relaxed);
    next = ((head >> 32) + 1) << 32 | (index + 1);
  } while (!free_.compare_exchange_weak(head, next, std::memory_order_acq_rel));
}

int64_t Tickets::take(int32_t owner, int64_t now) noexcept {
  int64_t index = reserve();
  return index < 0 ? static_cast<int64_t>(Status::kFull) : publish(index, owner, now);
}

int64_t Tickets::publish(int64_t index, int32_t owner, int64_t now) noexcept {
  Slot& slot = slots_[static_cast<size_t>(index)];
  uint64_t generation = std::max<uint64_t>(
      ((slot.word.load(std::memory_order_relaxed) >> 1) + 1) & kGenerationMask, 1);
  slot.owner.store(owner, std::memory_order_relaxed);
  slot.since.store(now, std::memory_order_relaxed);
  slot.word.store(held_word(generation), std::memory_order_release);
  if (timed()) expire_by(later(now, deadline_ns_));
  return static_cast<int64_t>(generation) << kSlotBits | index;
}

bool Tickets::give_back(int64_t ticket, int64_t now, Held* held) noexcept {
  if (!seize(ticket, now, held)) return false;
  recycle(slot_of(ticket));
  return true;
}

// Generations go on: a slot's next ticket is none that its parent gave.
void Tickets::forget() noexcept {
  for (uint32_t i = 0; i < used_.load(std::memory_order_relaxed); ++i) {
    slots_[i].word.fetch_and(~uint64_t{1}, std::memory_order_relaxed);
  }
  free_.store(0, std::memory_order_relaxed);
  used_.store(0, std::memory_order_relaxed);
  next_expiry_.store(kEndOfTime, std::memory_order_relaxed);
  expiring_.clear(std::memory_order_release);
}

bool Tickets::is_out(int64_t ticket) const noexcept {
  int64_t index = slot_of(ticket);
  if (ticket <= 0 || index >= capacity_) return false;
  uint64_t word = slots_[static_cast<size_t>(index)].word.load(std::memory_order_acquire);
  return word == held_word(static_cast<uint64_t>(ticket >> kSlotBits));
}

bool Tickets::seize(int64_t ticket, int64_t now, Held* held) noexcept {
  int64_t index = slot_of(ticket);
  if (ticket <= 0 || index >= capacity_) return false;
  auto generation = static_cast<uint64_t>(ticket >> kSlotBits);
  Slot& slot = slots_[static_cast<size_t>(index)];
  uint64_t word = slot.word.load(std::memory_order_acquire);
  if (generation == 0 || word != held_word(generation)) return false;
  *held = {slot.owner.load(std::memory_order_relaxed), slot.since.load(std::memory_order_relaxed)};
  if (timed() && now - held->since >= deadline_ns_) return false;  // left to expire()
  return slot.word.compare_exchange_strong(word, free_word(generation), std::memory_order_acq_rel);
}

bool Tickets::expire_slot(uint32_t index, int64_t now, int64_t* soonest, int32_t* owner) noexcept {
  Slot& slot = slots_[index];
  uint64_t word = slot.word.load(std::memory_order_acquire);
  if ((word & 1) == 0) return false;
  int64_t due = later(slot.since.load(std::memory_order_relaxed), deadline_ns_);
  *owner = slot.owner.load(std::memory_order_relaxed);
  if (!has_come(due, now)) {
    *soonest = std::min(*soonest, due);
    return false;
  }
  return slot.word.compare_exchange_strong(word, word & ~uint64_t{1}, std::memory_order_acq_rel);
}

}  // namespace og
