// SPDX-License-Identifier: Apache-2.0
#include "core/limit/hot_keys.h"

#include <algorithm>
#include <cstring>

#include "core/base/hash.h"
#include "core/base/json_list.h"

namespace og {
namespace {

// Of the bytes kept: the key's own hash is of all of a key that is longer.
uint64_t check_of(std::string_view kept) { return hash64(kept) >> 8; }

}  // namespace

void HotKeys::note(std::string_view key, uint64_t hash) noexcept {
  size_t least = 0;
  uint64_t fewest = ~uint64_t{0};
  for (size_t i = 0; i < kSlots; ++i) {
    const uint64_t count = slots_->counts[i].load(std::memory_order_acquire);
    if (count != 0 && slots_->hashes[i].load(std::memory_order_relaxed) == hash) {
      slots_->counts[i].fetch_add(2, std::memory_order_relaxed);
      return;
    }
    if (count < fewest) {
      fewest = count;
      least = i;
    }
  }
  // Once: who loses the slot to another is counted by the next denial.
  const uint64_t taken = (fewest >> 1 << 1) + 2;
  if (!slots_->counts[least].compare_exchange_strong(fewest, taken | 1, std::memory_order_acq_rel))
    return;
  slots_->hashes[least].store(hash, std::memory_order_relaxed);
  Slots::Key& place = slots_->keys[least];
  const size_t size = std::min(key.size(), kLongestKey);
  for (size_t at = 0; at < size; at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, key.data() + at, std::min<size_t>(8, size - at));
    place.words[at / 8].store(word, std::memory_order_relaxed);
  }
  place.size.store(check_of(key.substr(0, size)) << 8 | size, std::memory_order_relaxed);
  slots_->counts[least].fetch_and(~uint64_t{1}, std::memory_order_acq_rel);
}

void HotKeys::forget(uint64_t hash) noexcept {
  for (size_t i = 0; i < kSlots; ++i) {
    uint64_t count = slots_->counts[i].load(std::memory_order_acquire);
    while (count != 0 && (count & 1) == 0 &&
           slots_->hashes[i].load(std::memory_order_relaxed) == hash &&
           !slots_->counts[i].compare_exchange_weak(count, 0, std::memory_order_acq_rel)) {
    }
  }
}

bool HotKeys::read(size_t slot, Hot* hot, uint64_t* hash) const {
  const uint64_t count = slots_->counts[slot].load(std::memory_order_acquire);
  if (count == 0 || (count & 1) != 0) return false;
  const Slots::Key& place = slots_->keys[slot];
  char bytes[kLongestKey];
  for (size_t at = 0; at < kLongestKey; at += 8) {
    const uint64_t word = place.words[at / 8].load(std::memory_order_relaxed);
    std::memcpy(bytes + at, &word, 8);
  }
  const uint64_t word = place.size.load(std::memory_order_relaxed);
  *hash = slots_->hashes[slot].load(std::memory_order_relaxed);
  hot->key.assign(bytes, std::min<uint64_t>(word & 0xff, kLongestKey));
  if (check_of(hot->key) != word >> 8) return false;
  hot->denied = static_cast<int64_t>(count >> 1);
  return true;
}

std::string HotKeys::json(const std::vector<Hot>& hottest) {
  JsonList keys;
  for (const Hot& hot : hottest) {
    JsonList key;
    key.add("key", json_quoted(hot.key));
    key.add("denied", hot.denied);
    keys.add(key.object());
  }
  return keys.array();
}

void HotKeys::sort(std::vector<Hot>& hot) {
  std::sort(hot.begin(), hot.end(), [](const Hot& a, const Hot& b) {
    return a.denied != b.denied ? a.denied > b.denied : a.key < b.key;
  });
}

}  // namespace og
