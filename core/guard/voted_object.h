// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/base/time.h"
#include "core/fleet/breaker_votes.h"
#include "core/fleet/terms_words.h"
#include "core/guard/breaker_cell.h"
#include "core/scope/scope.h"

namespace og {

// Of the whole: this and the noun's own.
inline constexpr CellLayout kVotedLayout{};

// What lies before the cells of a breaker in a fleet: what its agent, which may be another process
// and of another release, must know of it, and what that tells the workers of the fleet.
//
// While the fleet has it open, the breaker's word says so, and workers read what was told here: how
// many probes may be out and until when, and until when all of it holds. Elsewhere none reads it.
//
// What is told is a record. Each agent writes into records of its own, two in turn, and then moves
// `told`, which has its epoch, from the one to the other: so workers read one that is whole,
// wherever an agent died, and one that was stopped and goes on moves nothing that a later agent has
// told. (Records are had again after kAgents elections. Who is stopped within a write for so long
// can leave the present agent's record a mixture until it tells the next, in a second at most.)
//
// Probes have slots of their own, as the machine's own breaker goes on where the fleet is not heard
// of. One is begun by who took a slot and then, reading again what is told, finds no more out than
// may be. An agent that is to tell the server of fewer tells the workers first,
// and then counts those that are out. tests/sim/verdict_teller_test.cpp runs the interleavings.
//
// kProbes: the most that may be out.
template <class M = Memory, int kProbes = BreakerCell<M>::kMostPermits>
class VotedObject {
  using Word = typename M::Word;
  using Slots = HalfOpenSlots<M>;
  using Slot = typename Slots::Slot;
  using Verdict = FleetBreaker::Verdict;
  using Terms = FleetBreaker::Terms;
  struct Record {
    Word generation, until, holds_until, tried_at, probes, probes_end, local, unused;
  };
  static constexpr uint64_t kAgents = 16;
  static constexpr int kEpochShift = 16;  // in `told`: behind a number that grows
  struct Head {
    Word format;
    TermsWords<7> terms;
    alignas(64) Word agent;  // that looks at it; 0: nobody does
    Word asked;              // something happened that an agent is to see
    Word wake_at;            // when who is refused is to wake one again
    Word ended;              // probes, before their time was over
    Word calls;              // as of when an agent last looked
    alignas(64) Word told;   // which record, and whose
    alignas(64) std::array<std::array<Record, 2>, kAgents> records;
    Word sequence;
    std::array<Slot, kProbes> probes;
  };

 public:
  using Cell = BreakerCell<M>;
  static constexpr uint64_t kFormat = 1;
  static constexpr uint64_t kBytes = (sizeof(Head) + 63) / 64 * 64;

  // memory: kBytes, zeroed or begun, with the noun's own behind them.
  explicit VotedObject(char* memory) : memory_(memory) {}
  static VotedObject before(char* own) { return VotedObject(own - kBytes); }

  // Before anybody else sees it.
  void begin(const Terms& terms) noexcept {
    set_terms(terms);
    head().format.store(kFormat, std::memory_order_release);
  }
  // bytes: of the whole.
  bool is_sound(uint64_t bytes) const noexcept {
    return bytes >= kBytes + sizeof(Cell) &&
           head().format.load(std::memory_order_acquire) == kFormat;
  }
  Cell& cell() const noexcept { return *reinterpret_cast<Cell*>(memory_ + kBytes); }

  void set_terms(const Terms& terms) noexcept {
    head().terms.write({terms.open_ns, terms.success_threshold, terms.permits, terms.permit_ns,
                        terms.vote_ns, terms.poll_ns, terms.quorum});
  }
  uint64_t terms_version() const noexcept { return head().terms.version(); }
  // Nothing where they are being written, or are none.
  std::optional<Terms> terms() const noexcept {
    const auto numbers = head().terms.read();
    if (!numbers) return std::nullopt;
    const auto& [open_ns, success_threshold, permits, permit_ns, vote_ns, poll_ns, quorum] =
        *numbers;
    const Terms terms{open_ns, success_threshold, permits, permit_ns, vote_ns, poll_ns, quorum};
    const bool is_sound = open_ns >= 0 && success_threshold >= 1 && permits >= 1 &&
                          permits <= kProbes && permit_ns >= 1 && vote_ns >= 1 && poll_ns >= 1 &&
                          quorum >= 1 && quorum <= 100;
    return is_sound ? std::optional(terms) : std::nullopt;
  }

  // ---- asks ----

  // As with Served: who asks writes that and reads `agent`.
  uint64_t agent() const noexcept { return head().agent.load(std::memory_order_seq_cst); }
  void set_agent(uint64_t owner) noexcept { head().agent.store(owner, std::memory_order_seq_cst); }
  void ask() noexcept { head().asked.store(1, std::memory_order_seq_cst); }
  bool is_asked() const noexcept { return head().asked.load(std::memory_order_seq_cst) != 0; }
  void seen() noexcept { head().asked.store(0, std::memory_order_seq_cst); }
  // Whether who is refused is to wake an agent: every 10 ms somebody is.
  bool may_wake(int64_t now) noexcept {
    constexpr int64_t kWakeEvery = 10'000'000;  // ns
    uint64_t seen = head().wake_at.load(std::memory_order_relaxed);
    return static_cast<int64_t>(seen) <= now &&
           head().wake_at.compare_exchange_strong(seen, static_cast<uint64_t>(now + kWakeEvery),
                                                  std::memory_order_relaxed);
  }
  // How many calls there had been.
  int64_t calls_seen() const noexcept { return number(head().calls); }
  void set_calls_seen(int64_t calls) noexcept {
    head().calls.store(static_cast<uint64_t>(calls), std::memory_order_relaxed);
  }
  int64_t ended() const noexcept { return number(head().ended); }

  // ---- what is told ----

  struct Told {
    Verdict verdict;
    int64_t local = 0;  // the breaker's own generation that stands for the fleet's

    bool operator==(const Told&) const = default;
  };
  Told told() const noexcept { return whole().second; }

  // Takes the agents' part, from whoever had it; nothing where a later one has. What workers go by
  // stays.
  std::optional<Told> take_over(int64_t epoch) noexcept {
    for (;;) {
      auto [seen, told] = whole();
      if (epoch_of(seen) == epoch) return told;
      if (epoch_of(seen) > epoch) return std::nullopt;
      const uint64_t own = static_cast<uint64_t>(epoch) << kEpochShift;
      write(record(own), told);
      if (head().told.compare_exchange_strong(seen, own, std::memory_order_seq_cst)) return told;
    }
  }
  // False where a later agent has the part.
  bool tell(int64_t epoch, const Told& told) noexcept {
    uint64_t seen = head().told.load(std::memory_order_seq_cst);
    if (epoch_of(seen) != epoch) return false;
    constexpr uint64_t kCount = (uint64_t{1} << kEpochShift) - 1;
    const uint64_t next = (seen & ~kCount) | ((seen + 1) & kCount);
    write(record(next), told);
    return head().told.compare_exchange_strong(seen, next, std::memory_order_seq_cst);
  }

  // ---- what workers make of it ----

  enum class Says {
    kClosed,  // the fleet has closed it
    kOwn,     // nothing: the machine has its own breaker
    kWait,    // refused
    kProbe    // as many probes as may be out
  };
  struct Ruling {
    Says says;
    int64_t probes = 0, probes_end = 0;
    int64_t tried_at = 0;
  };
  // word: as it is, in a state of the fleet's.
  Ruling ruling(const BreakerWord& word, int64_t now) const noexcept {
    const Told told = this->told();
    const Verdict& verdict = told.verdict;
    if (now >= verdict.holds_until) return {Says::kOwn};
    if (verdict.until == 0) return {Says::kClosed};
    const int64_t end = whole_ms(verdict.probes_end);
    const bool may_begin = word.state == BreakerState::kFleetHalfOpen && !word.has_failed &&
                           word.generation == told.local && verdict.may_begin &&
                           verdict.probes > 0 && now < end;
    return {may_begin ? Says::kProbe : Says::kWait, verdict.probes, end, verdict.tried_at};
  }

  // Begins a probe of the word's generation, where one may be.
  template <class Alive>
  typename Slots::Taken begin_probe(const BreakerWord& word, int64_t now, uint64_t attachment,
                                    Alive&& is_alive) noexcept {
    const Ruling before = ruling(word, now);
    if (before.says != Says::kProbe || probing(before.probes_end, is_alive) >= before.probes)
      return {};
    const auto is_current = [&] {
      return BreakerWord::unpack(cell().word.load(std::memory_order_seq_cst)).generation ==
             word.generation;
    };
    const auto taken = slots().take({word.generation, now, before.probes_end - now, attachment},
                                    is_current, is_alive);
    if (taken.slot < 0) return {};
    const Ruling after = ruling(word, now);
    if (after.says == Says::kProbe && after.probes_end == before.probes_end &&
        probing(after.probes_end, is_alive) <= after.probes)
      return taken;
    slots().give_back(word.generation, taken.slot, taken.sequence, now);
    return {};
  }
  // False when it is no longer theirs.
  bool end_probe(int64_t generation, int slot, uint64_t sequence, int64_t now) noexcept {
    if (!slots().give_back(generation, slot, sequence, now)) return false;
    head().ended.fetch_add(1, std::memory_order_seq_cst);
    return true;
  }
  // How many are out of those that end then.
  template <class Alive>
  int64_t probing(int64_t probes_end, Alive&& is_alive) const noexcept {
    const uint64_t deadline = Slot::deadline_ms(whole_ms(probes_end), 0);
    return std::count_if(head().probes.begin(), head().probes.end(), [&](const Slot& slot) {
      const auto seen = slot.read();
      return seen.deadline_ms() == deadline && !seen.was_returned() && is_alive(seen.attachment());
    });
  }

 private:
  // A slot's time ends with a millisecond: none is to end after the server's.
  static constexpr int64_t whole_ms(int64_t ns) noexcept { return ns - ns % 1'000'000; }
  static int64_t number(const Word& word) noexcept {
    return static_cast<int64_t>(word.load(std::memory_order_seq_cst));
  }
  static int64_t epoch_of(uint64_t told) noexcept {
    return static_cast<int64_t>(told >> kEpochShift);
  }
  Slots slots() const noexcept {
    static constinit const std::atomic<int64_t> kAll{kProbes};
    return Slots(head().probes.data(), kAll, head().sequence);
  }
  Head& head() const noexcept { return *reinterpret_cast<Head*>(memory_); }
  Record& record(uint64_t told) const noexcept {
    return head().records[(told >> kEpochShift) % kAgents][told & 1];
  }

  static constexpr uint64_t kMayBegin = uint64_t{1} << 32;
  static void write(Record& record, const Told& told) noexcept {
    const auto put = [](Word& word, int64_t value) {
      word.store(static_cast<uint64_t>(value), std::memory_order_seq_cst);
    };
    const Verdict& verdict = told.verdict;
    put(record.generation, verdict.generation);
    put(record.until, verdict.until);
    put(record.holds_until, verdict.holds_until);
    put(record.tried_at, verdict.tried_at);
    record.probes.store(static_cast<uint64_t>(verdict.probes) | (verdict.may_begin ? kMayBegin : 0),
                        std::memory_order_seq_cst);
    put(record.probes_end, verdict.probes_end);
    put(record.local, told.local);
  }
  // The record that is told, and which it is.
  std::pair<uint64_t, Told> whole() const noexcept {
    for (;;) {
      const uint64_t seen = head().told.load(std::memory_order_seq_cst);
      const Record& record = this->record(seen);
      Told told;
      Verdict& verdict = told.verdict;
      verdict.generation = number(record.generation);
      verdict.until = number(record.until);
      verdict.holds_until = number(record.holds_until);
      verdict.tried_at = number(record.tried_at);
      const uint64_t probes = record.probes.load(std::memory_order_seq_cst);
      verdict.may_begin = (probes & kMayBegin) != 0;
      verdict.probes = std::min<int64_t>(static_cast<int64_t>(probes & (kMayBegin - 1)), kProbes);
      verdict.probes_end = from_zero(number(record.probes_end));
      told.local = number(record.local);
      if (head().told.load(std::memory_order_seq_cst) == seen) return {seen, told};
    }
  }

  char* memory_;
};

}  // namespace og
