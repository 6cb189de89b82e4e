// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/fleet/leased_permits.h"
#include "core/fleet/slot_leases.h"
#include "core/fleet/terms_words.h"
#include "core/scope/scope.h"

namespace og {

// Of the whole: this and the noun's own.
inline constexpr CellLayout kLeasedSlotsLayout{};

// What lies before the cells of a concurrency limiter in a fleet: what its agent, which may be
// another process and of another release, must know of it to bring it slots; what it may have out
// (LeasedPermits); and what its workers tell the agent. The permits' table begins right behind it.
class LeasedSlots {
  using Word = Memory::Word;
  struct Head {
    alignas(64) LeasedPermits<>::Words permits;  // read by each call
    Word none_until;
    alignas(64) Word refused;  // since the agent looked
    Word agent;                // that looks at it; 0: nobody does
    Word expired, orphaned;    // permits that the agent took back
    alignas(64) TermsWords<3> terms;
    Word format;
  };

 public:
  static constexpr uint64_t kFormat = 1;
  static constexpr uint64_t kBytes = sizeof(Head);

  // memory: kBytes, zeroed or begun, with the noun's own behind them.
  explicit LeasedSlots(char* memory) : memory_(memory) {}
  static LeasedSlots before(char* own) { return LeasedSlots(own - kBytes); }
  char* table() const noexcept { return memory_ + kBytes; }

  // Before anybody else sees it. Its agent is to get a slot for the first call.
  void begin(const SlotLeases::Terms& terms) noexcept {
    set_terms(terms);
    put(head().refused, 1);
    put(head().format, kFormat);
  }
  bool is_known() const noexcept { return get(head().format) == kFormat; }

  void set_terms(const SlotLeases::Terms& terms) noexcept {
    head().terms.write({terms.limit, terms.lease_ns, static_cast<int64_t>(terms.when_apart)});
  }
  uint64_t terms_version() const noexcept { return head().terms.version(); }
  // Nothing where they are being written, or are none.
  std::optional<SlotLeases::Terms> terms() const noexcept {
    const auto numbers = head().terms.read();
    if (!numbers) return std::nullopt;
    const auto& [limit, lease_ns, when_apart] = *numbers;
    if (limit < 1 || limit > PermitTable<>::kMostSlots || lease_ns < 1) return std::nullopt;
    SlotLeases::Terms terms;
    terms.limit = limit;
    terms.lease_ns = lease_ns;
    terms.when_apart = enum_of(when_apart, WhenApart::kClosed);
    return terms;
  }
  int64_t limit() const noexcept { return number(head().terms.word(kLimit)); }

  LeasedPermits<>::Words& permits() const noexcept { return head().permits; }

  // Until when it is in vain to ask for more; 0 where nothing is known.
  int64_t none_until() const noexcept { return number(head().none_until); }
  void set_none_until(int64_t time) noexcept {
    put(head().none_until, static_cast<uint64_t>(time));
  }
  // Calls that found no slot.
  void add_refused() noexcept { head().refused.fetch_add(1, std::memory_order_seq_cst); }
  bool has_refused() const noexcept { return get(head().refused) != 0; }
  int64_t take_refused() noexcept {
    return has_refused()
               ? static_cast<int64_t>(head().refused.exchange(0, std::memory_order_seq_cst))
               : 0;
  }

  // Permits that the agent took back: past their time, or of a process that is gone.
  void add_taken_back(int64_t expired, int64_t orphaned) noexcept {
    Head& head = this->head();
    if (expired) head.expired.fetch_add(static_cast<uint64_t>(expired), std::memory_order_relaxed);
    if (orphaned)
      head.orphaned.fetch_add(static_cast<uint64_t>(orphaned), std::memory_order_relaxed);
  }
  int64_t expired() const noexcept { return number(head().expired); }
  int64_t orphaned() const noexcept { return number(head().orphaned); }

  // Who looks at it; nobody while it is idle. Asked for and told in an order that misses none: who
  // is refused counts that and reads this, who stops looking writes this and reads the count.
  uint64_t agent() const noexcept { return head().agent.load(std::memory_order_seq_cst); }
  void set_agent(uint64_t owner) noexcept { head().agent.store(owner, std::memory_order_seq_cst); }

 private:
  static constexpr size_t kLimit = 0;  // among the terms

  static void put(Word& word, uint64_t value) noexcept {
    word.store(value, std::memory_order_release);
  }
  static uint64_t get(const Word& word) noexcept { return word.load(std::memory_order_acquire); }
  static int64_t number(const Word& word) noexcept { return static_cast<int64_t>(get(word)); }
  Head& head() const noexcept { return *reinterpret_cast<Head*>(memory_); }

  char* memory_;
};

}  // namespace og
