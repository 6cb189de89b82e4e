// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/fleet/ask_board.h"
#include "core/fleet/grant_cells.h"
#include "core/fleet/lease_agent.h"
#include "core/fleet/terms_words.h"
#include "core/scope/scope.h"

namespace og {

// Of the whole: this and the noun's own.
inline constexpr CellLayout kLeasedLayout{};

// What lies before the cells of a limiter in a fleet: what its agent, which may be another process
// and of another release, must know of it to bring it grants; and the board on which workers ask.
class LeasedObject {
  using Word = Memory::Word;
  struct Head {
    TermsWords<8> terms;
    Word format;
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
    head().terms.write({terms.rate.count, terms.rate.period_us, terms.rate.burst, terms.lease_ns,
                        terms.slice, terms.share, static_cast<int64_t>(terms.when_apart),
                        static_cast<int64_t>(terms.mode)});
  }
  uint64_t terms_version() const noexcept { return head().terms.version(); }
  // Nothing where they are being written, or are none.
  std::optional<LeaseAgent::Terms> terms() const noexcept {
    const auto numbers = head().terms.read();
    if (!numbers) return std::nullopt;
    const auto& [count, period_us, burst, lease_ns, slice, share, when_apart, mode] = *numbers;
    const bool is_sound = count >= 1 && period_us >= 1 && burst >= 1 && lease_ns >= 1 &&
                          slice >= 0 && share >= 1 && share <= 100;
    if (!is_sound) return std::nullopt;
    LeaseAgent::Terms terms;
    terms.rate = {count, period_us, burst};
    terms.lease_ns = lease_ns;
    terms.slice = slice;
    terms.share = share;
    terms.when_apart = enum_of(when_apart, WhenApart::kClosed);
    terms.mode = enum_of(mode, LeaseMode::kOptimistic);
    return terms;
  }
  // For who decides: the most tokens that one call can take.
  int64_t burst() const noexcept { return number(*burst_word()); }
  const Word* burst_word() const noexcept { return &head().terms.word(kBurst); }
  LeaseMode mode() const noexcept {
    return enum_of(number(head().terms.word(kMode)), LeaseMode::kOptimistic);
  }

  // Who looks at the board; nobody while it is idle. Asked for and told in an order that misses
  // none: who asks writes the board and reads this, who stops looking writes this and reads the
  // board.
  uint64_t agent() const noexcept { return head().agent.load(std::memory_order_seq_cst); }
  void set_agent(uint64_t owner) noexcept { head().agent.store(owner, std::memory_order_seq_cst); }

 private:
  static constexpr size_t kBurst = 2, kMode = 7;  // among the terms

  static void put(Word& word, uint64_t value) noexcept {
    word.store(value, std::memory_order_release);
  }
  static uint64_t get(const Word& word) noexcept { return word.load(std::memory_order_acquire); }
  static int64_t number(const Word& word) noexcept { return static_cast<int64_t>(get(word)); }
  Head& head() const noexcept { return *reinterpret_cast<Head*>(memory_); }

  char* memory_;
};

}  // namespace og
