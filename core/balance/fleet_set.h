// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/balance/index_bits.h"
#include "core/balance/kept_entries.h"
#include "core/base/double_word.h"
#include "core/fleet/fleet_endpoints.h"
#include "core/scope/scope.h"

namespace og {

// Of the whole: this and the noun's own.
inline constexpr CellLayout kFleetSetLayout{};

// What lies before the cells of a set of endpoints in a fleet: what its agent, which may be another
// process and of another release, must know of it and leaves to the next one. Behind it lies what
// it knows of each endpoint (kept_entries.h), and bits for each index.
//
// But for `agent`, `asked` and who yields it is written under the scope's lock, by the agent whose
// epoch stands here: one that was stopped, and goes on after another has taken over, finds a later
// one.
class FleetSet {
  using Word = Memory::Word;
  struct Head {
    alignas(64) Word agent;  // that looks at it; 0: nobody does
    Word asked;              // the set has changed, or is new
    alignas(64) Word format;
    Word capacity;
    Word epoch;  // of the last agent
    Word keeps;  // how often `heard` was written: in turn into the one and the other
    std::array<std::array<Word, 3>, 2> heard;
  };

 public:
  static constexpr uint64_t kFormat = 1;
  static constexpr uint64_t kBytes = (sizeof(Head) + 63) / 64 * 64;
  static constexpr uint64_t kMostEndpoints = 65536;

  // memory: kBytes, zeroed or begun, with the noun's own behind them.
  explicit FleetSet(char* memory) : memory_(memory) {}
  static FleetSet before(char* own) { return FleetSet(own - kBytes); }
  char* entries() const noexcept { return memory_ + kBytes; }
  // Whose place yields to what the fleet knows of the endpoint: of who put it there, until that is
  // kept among the entries.
  IndexBits yielding(uint64_t capacity) const noexcept {
    return IndexBits(entries() + KeptEntries::bytes_for(capacity));
  }
  // Which are held for unhealthy as the fleet's machines voted so.
  IndexBits overruled(uint64_t capacity) const noexcept {
    return IndexBits(entries() + KeptEntries::bytes_for(capacity) + IndexBits::bytes_for(capacity));
  }
  // Which a program has changed since what the agent found was last kept. So the next agent tells
  // what stands as it did from what this one had applied and a program has undone.
  IndexBits changed(uint64_t capacity) const noexcept {
    return IndexBits(entries() + KeptEntries::bytes_for(capacity) +
                     2 * IndexBits::bytes_for(capacity));
  }
  static constexpr uint64_t bytes_behind(uint64_t capacity) {
    return KeptEntries::bytes_for(capacity) + 3 * IndexBits::bytes_for(capacity);
  }

  // Before anybody else sees it.
  void begin(uint64_t capacity) noexcept {
    put(head().capacity, capacity);
    put(head().asked, 1);
    write(0, {});
    put(head().format, kFormat);
  }
  bool is_sound() const noexcept {
    return get(head().format) == kFormat && capacity() >= 1 && capacity() <= kMostEndpoints;
  }
  uint64_t capacity() const noexcept { return get(head().capacity); }

  // As with Served: who asks writes that and reads `agent`.
  uint64_t agent() const noexcept { return get(head().agent); }
  void set_agent(uint64_t owner) noexcept { put(head().agent, owner); }
  void ask() noexcept { put(head().asked, 1); }
  bool is_asked() const noexcept { return get(head().asked) != 0; }
  void seen() noexcept { put(head().asked, 0); }

  // ---- under the lock ----

  // False where a later one has it.
  bool is_of(int64_t epoch) noexcept {
    if (static_cast<int64_t>(get(head().epoch)) > epoch) return false;
    put(head().epoch, static_cast<uint64_t>(epoch));
    return true;
  }
  FleetEndpoints::Heard heard() const noexcept {
    const auto& words = head().heard[get(head().keeps) & 1];
    return {number(words[0]), number(words[1]), number(words[2])};
  }
  void keep(const FleetEndpoints::Heard& heard) noexcept {
    const uint64_t next = get(head().keeps) + 1;
    write(next, heard);
    put(head().keeps, next);
  }

 private:
  static void put(Word& word, uint64_t value) noexcept {
    word.store(value, std::memory_order_seq_cst);
  }
  static uint64_t get(const Word& word) noexcept { return word.load(std::memory_order_seq_cst); }
  static int64_t number(const Word& word) noexcept { return static_cast<int64_t>(get(word)); }
  void write(uint64_t turn, const FleetEndpoints::Heard& heard) noexcept {
    auto& words = head().heard[turn & 1];
    put(words[0], static_cast<uint64_t>(heard.born));
    put(words[1], static_cast<uint64_t>(heard.at));
    put(words[2], static_cast<uint64_t>(heard.server_us));
  }
  Head& head() const noexcept { return *reinterpret_cast<Head*>(memory_); }

  char* memory_;
};

}  // namespace og
