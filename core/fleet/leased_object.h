// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/fleet/ask_board.h"
#include "core/fleet/grant_cells.h"
#include "core/fleet/lease_agent.h"
#include "core/scope/scope.h"

namespace og {

// Of the whole: this and the noun's own.
inline constexpr CellLayout kLeasedLayout{};

// What lies before the cells of a limiter in a fleet: what its agent, which may be another process
// and of another release, must know of it to bring it grants; and the board on which workers ask.
//
// The terms change under a number that is odd while they are written, by one caller at a time
// (Scope::change). Who dies in it leaves an odd one: the agent goes on with the last terms that it
// read, and the next change writes over them.
class LeasedObject {
  using Word = Memory::Word;
  struct Head {
    Word version;
    Word format;
    Word count, period_us, burst, lease_ns, slice, share, when_apart, mode;
    Word keys, seed, table_at, beside_at;  // of the cells: bytes from here
    Word start;                            // of the grants' time
    Word agent;                            // that looks at the board; 0: nobody does
  };

 public:
  static constexpr uint64_t kFormat = 1;
  static constexpr uint64_t kBoardAt = (sizeof(Head) + 63) / 64 * 64;
  static constexpr uint64_t kBytes = kBoardAt + AskBoard<>::kBytes;

  // Where the grants lie, from the end of this.
  struct Cells {
    uint64_t keys, seed, table_at, beside_at;
  };

  // memory: kBytes, zeroed or begun, with the noun's own behind them.
  explicit LeasedObject(char* memory) : memory_(memory) {}
  static LeasedObject before(char* own) { return LeasedObject(own - kBytes); }

  // Before anybody else sees it.
  void begin(const Cells& cells, const LeaseAgent::Terms& terms) noexcept {
    Head& head = this->head();
    put(head.keys, cells.keys);
    put(head.seed, cells.seed);
    put(head.table_at, kBytes + cells.table_at);
    put(head.beside_at, kBytes + cells.beside_at);
    set_terms(terms);
    put(head.format, kFormat);
  }
  // bytes: of the whole. Nothing where it is of another format, or reaches beyond them.
  std::optional<GrantCells<>> cells(uint64_t bytes) const {
    const Head& head = this->head();
    const uint64_t keys = get(head.keys), table = get(head.table_at), beside = get(head.beside_at);
    constexpr uint64_t kMostKeys = uint64_t{1} << 30;
    const bool is_known = get(head.format) == kFormat && keys >= 1 && keys <= kMostKeys &&
                          table % 64 == 0 && beside % 16 == 0 && table >= kBytes;
    if (!is_known || table > bytes || beside > bytes) return std::nullopt;
    using Table = CellTable<>;
    const uint64_t beside_bytes = Table::cells_for(keys) * GrantCells<>::kBytesBeside;
    if (bytes - table < Table::bytes_for(keys) || bytes - beside < beside_bytes)
      return std::nullopt;
    return GrantCells<>(&this->head().start, memory_ + table, memory_ + beside, keys,
                        get(head.seed));
  }
  Memory::Word* start() const noexcept { return &head().start; }
  AskBoard<> board() const { return AskBoard<>(memory_ + kBoardAt); }

  void set_terms(const LeaseAgent::Terms& terms) noexcept {
    Head& head = this->head();
    const uint64_t version = get(head.version) | 1;
    head.version.store(version, std::memory_order_seq_cst);
    put(head.count, static_cast<uint64_t>(terms.rate.count));
    put(head.period_us, static_cast<uint64_t>(terms.rate.period_us));
    put(head.burst, static_cast<uint64_t>(terms.rate.burst));
    put(head.lease_ns, static_cast<uint64_t>(terms.lease_ns));
    put(head.slice, static_cast<uint64_t>(terms.slice));
    put(head.share, static_cast<uint64_t>(terms.share));
    put(head.when_apart, static_cast<uint64_t>(terms.when_apart));
    put(head.mode, static_cast<uint64_t>(terms.mode));
    head.version.store(version + 1, std::memory_order_seq_cst);
  }
  uint64_t terms_version() const noexcept { return get(head().version); }
  // Nothing where they are being written, or are none.
  std::optional<LeaseAgent::Terms> terms() const noexcept {
    const Head& head = this->head();
    const uint64_t version = get(head.version);
    LeaseAgent::Terms terms;
    terms.rate = {number(head.count), number(head.period_us), number(head.burst)};
    terms.lease_ns = number(head.lease_ns);
    terms.slice = number(head.slice);
    terms.share = number(head.share);
    const uint64_t when_apart = get(head.when_apart);
    if (when_apart <= static_cast<uint64_t>(WhenApart::kClosed))
      terms.when_apart = static_cast<WhenApart>(when_apart);
    terms.mode = mode();
    const bool is_whole = !(version & 1) && get(head.version) == version;
    const bool is_sound = terms.rate.count >= 1 && terms.rate.period_us >= 1 &&
                          terms.rate.burst >= 1 && terms.lease_ns >= 1 && terms.slice >= 0 &&
                          terms.share >= 1 && terms.share <= 100;
    return is_whole && is_sound ? std::optional(terms) : std::nullopt;
  }
  // For who decides: the most tokens that one call can take.
  int64_t burst() const noexcept { return number(head().burst); }
  const Word* burst_word() const noexcept { return &head().burst; }
  LeaseMode mode() const noexcept {
    const uint64_t mode = get(head().mode);
    return mode <= static_cast<uint64_t>(LeaseMode::kOptimistic) ? static_cast<LeaseMode>(mode)
                                                                 : LeaseMode::kLeased;
  }

  // Who looks at the board; nobody while it is idle. Asked for and told in an order that misses
  // none: who asks writes the board and reads this, who stops looking writes this and reads the
  // board.
  uint64_t agent() const noexcept { return head().agent.load(std::memory_order_seq_cst); }
  void set_agent(uint64_t owner) noexcept { head().agent.store(owner, std::memory_order_seq_cst); }

 private:
  static void put(Word& word, uint64_t value) noexcept {
    word.store(value, std::memory_order_release);
  }
  static uint64_t get(const Word& word) noexcept { return word.load(std::memory_order_acquire); }
  static int64_t number(const Word& word) noexcept { return static_cast<int64_t>(get(word)); }
  Head& head() const noexcept { return *reinterpret_cast<Head*>(memory_); }

  char* memory_;
};

}  // namespace og
