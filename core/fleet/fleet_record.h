// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/base/double_word.h"

namespace og {

// What the processes of a machine share of a fleet: who is its agent, the words on which they wait
// for one another, and what the agent last knew, for whoever shows it. Zeroed memory; any of them
// may be killed at any instruction.
class FleetRecord {
  using Word = Memory::Word;
  using Futex = std::atomic<uint32_t>;

 public:
  // Numbers that the agent leaves behind. A later one goes behind the last.
  enum Figure : size_t {
    kState,     // FleetLink::State
    kMachines,  // of the fleet, as last heard; 0: never
    kRoundTrip,
    kSent,
    kAnswered,
    kRefused,
    kNotSent,
    kUnknown,
    kLate,
    kParted,
    kTexts,
    kServers,
    kGranted,
    kLost,
    kGrantedApart,
    kElections,
    kBreakersOpened,
    kBreakersClosed,
    kEndpointsTold,
    kEndpointsHeard,
    kFigures
  };

 private:
  struct Block {
    alignas(64) Word agent;
    Word beat;  // when the agent last stepped
    Word made;  // when the record was first seen
    std::array<Word, 2> name;
    alignas(64) Futex asks;  // grows with each; its agent waits on it
    Futex agent_sleeps;
    Word scans;                 // grows where something is asked for that nobody looks at
    alignas(64) Futex answers;  // grows with each; workers wait on it
    Futex waiting;
    alignas(64) Futex handovers;
    alignas(64) std::array<Word, 32> figures;
    std::array<Word, 16> why;      // it is apart
    std::array<Word, 8> server;    // product and version
    std::array<Word, 4> eviction;  // the policy by which it may drop limits
  };
  static_assert(kFigures <= 32);

 public:
  static constexpr uint64_t kBytes = sizeof(Block);

  explicit FleetRecord(void* memory) : block_(static_cast<Block*>(memory)) {}

  // Before anybody else sees it: the machine's name is another for each.
  static void begin(char* memory, uint64_t high, uint64_t low) noexcept {
    auto* block = reinterpret_cast<Block*>(memory);
    block->name[0].store(high, std::memory_order_release);
    block->name[1].store(low, std::memory_order_release);
  }
  std::string machine() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string name;
    for (const Word& word : block_->name) {
      const uint64_t bits = word.load(std::memory_order_acquire);
      for (int shift = 60; shift >= 0; shift -= 4) name += kDigits[bits >> shift & 15];
    }
    return name;
  }

  // ---- the agent ----

  // An agent's process, and whether it has a driver. 0: there is none.
  Word& agent() noexcept { return block_->agent; }
  uint64_t agent() const noexcept { return block_->agent.load(std::memory_order_seq_cst); }
  Word& beat() noexcept { return block_->beat; }
  // When the record was first used: the same for all.
  int64_t made(int64_t now) noexcept {
    uint64_t seen = 0;
    const uint64_t own = static_cast<uint64_t>(now) + 1;
    if (block_->made.compare_exchange_strong(seen, own, std::memory_order_seq_cst)) return now;
    return static_cast<int64_t>(seen) - 1;
  }

  // ---- waits ----

  Futex& asks() noexcept { return block_->asks; }
  Futex& agent_sleeps() noexcept { return block_->agent_sleeps; }
  Word& scans() noexcept { return block_->scans; }
  Futex& answers() noexcept { return block_->answers; }
  Futex& waiting() noexcept { return block_->waiting; }
  Futex& handovers() noexcept { return block_->handovers; }

  // ---- what is shown ----

  void set(Figure which, int64_t value) noexcept {
    block_->figures[which].store(static_cast<uint64_t>(value), std::memory_order_relaxed);
  }
  // What it was before.
  int64_t add(Figure which, int64_t by) noexcept {
    return static_cast<int64_t>(
        block_->figures[which].fetch_add(static_cast<uint64_t>(by), std::memory_order_relaxed));
  }
  int64_t figure(Figure which) const noexcept {
    return static_cast<int64_t>(block_->figures[which].load(std::memory_order_relaxed));
  }
  // Read while they are written they are a mixture of both: they are for people.
  void set_why(std::string_view text) noexcept { write(block_->why, text); }
  std::string why() const { return read(block_->why); }
  void set_server(std::string_view text) noexcept { write(block_->server, text); }
  std::string server() const { return read(block_->server); }
  void set_eviction(std::string_view text) noexcept { write(block_->eviction, text); }
  std::string eviction() const { return read(block_->eviction); }

 private:
  template <size_t kWords>
  static void write(std::array<Word, kWords>& words, std::string_view text) noexcept {
    for (size_t i = 0; i < kWords; ++i) {
      uint64_t word = 0;
      const std::string_view part = text.substr(std::min(i * 8, text.size()), 8);
      std::memcpy(&word, part.data(), part.size());
      words[i].store(word, std::memory_order_relaxed);
    }
  }
  template <size_t kWords>
  static std::string read(const std::array<Word, kWords>& words) {
    std::array<char, kWords * 8> text;
    for (size_t i = 0; i < kWords; ++i) {
      const uint64_t word = words[i].load(std::memory_order_relaxed);
      std::memcpy(text.data() + i * 8, &word, 8);
    }
    return {text.data(), strnlen(text.data(), text.size())};
  }

  Block* block_;
};

}  // namespace og
