// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace og {

// The keys that are denied most, for whoever looks at a machine and asks "who is that?": a cell
// knows its key's hash alone. Space-Saving (Metwally, Agrawal and El Abbadi 2005): of kSlots keys
// the denials are counted; another key takes the place of the one with the fewest and goes on from
// its count, so a key that has more than 1/kSlots of all denials is among them, counted too high by
// no more than that. Only denials pay for it.
//
// It lies in zeroed memory that processes share, any of which may die. A slot is taken by
// compare-and- swap on its count, whose lowest bit says that the key is being written; one left so
// is taken over like any other. A key that was torn by two writers does not match the check beside
// its size, nor, where it is whole, its hash; and is not shown.
class HotKeys {
 public:
  static constexpr size_t kSlots = 32;
  static constexpr size_t kLongestKey = 96;  // shown cut
  static constexpr uint64_t kBytes = kSlots * (8 + 8 + kLongestKey + 8);

  // memory: kBytes on a cache line's boundary.
  explicit HotKeys(void* memory) noexcept : slots_(static_cast<Slots*>(memory)) {}

  void note(std::string_view key, uint64_t hash) noexcept;
  // As if the key had never been denied.
  void forget(uint64_t hash) noexcept;

  struct Hot {
    std::string key;
    int64_t denied;
  };
  // The most denied first. hash_of is what note() was given the results of.
  template <class HashOf>
  std::vector<Hot> hottest(HashOf&& hash_of) const {
    std::vector<Hot> seen;
    for (size_t i = 0; i < kSlots; ++i) {
      Hot hot;
      uint64_t hash = 0;
      if (read(i, &hot, &hash) && (hot.key.size() == kLongestKey || hash_of(hot.key) == hash)) {
        seen.push_back(std::move(hot));
      }
    }
    sort(seen);
    return seen;
  }

  static std::string json(const std::vector<Hot>& hottest);  // [{"key", "denied"}]

 private:
  struct Slots {
    std::array<std::atomic<uint64_t>, kSlots> hashes;
    std::array<std::atomic<uint64_t>, kSlots> counts;  // count << 1 | being written
    struct Key {
      std::atomic<uint64_t> size;  // in 8 bits, below a check of the bytes kept
      std::array<std::atomic<uint64_t>, kLongestKey / 8> words;
    };
    std::array<Key, kSlots> keys;
  };
  static_assert(sizeof(Slots) == kBytes);

  bool read(size_t slot, Hot* hot, uint64_t* hash) const;
  static void sort(std::vector<Hot>& hot);

  Slots* slots_;
};

}  // namespace og
