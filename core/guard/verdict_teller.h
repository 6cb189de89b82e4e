// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/guard/voted_object.h"

namespace og {

// How the agent of a machine tells its workers what the fleet agreed on: in the record of
// VotedObject, and where the fleet opens or closes, by the state in the breaker's own word.
//
// The record is first: it names the breaker's generation that the word is to have. So who dies
// between the two leaves a word that the next agent moves; or that workers do, where the fleet has
// closed. States that were forced stay.
//
// An agent that was stopped between the two, and goes on, moves the word as the record says that a
// later agent found. Where that one has told another generation since, it has moved the word, and
// the earlier one does not find it as it was; or it has left a closed breaker closed, and workers
// who find it opened late go by the record.
template <class Object = VotedObject<>>
class VerdictTeller {
 public:
  using Verdict = FleetBreaker::Verdict;
  using Told = typename Object::Told;

  VerdictTeller(Object object, int64_t epoch) : object_(object), epoch_(epoch) {}

  // Before all else: what workers go by as yet. Nothing where a later agent tells them.
  std::optional<Verdict> take_over() {
    const auto told = object_.take_over(epoch_);
    if (!told) return std::nullopt;
    told_ = *told;
    return told_.verdict;
  }
  // closes: the fleet has just closed, and each machine's own breaker with it. False where a later
  // agent tells them.
  bool tell(const Verdict& verdict, bool closes, int64_t now) {
    for (;;) {
      uint64_t bits = word().load(std::memory_order_seq_cst);
      const BreakerWord seen = BreakerWord::unpack(bits);
      const BreakerState to = state_for(seen, verdict, closes, now);
      const bool moves = to != seen.state || is_of_older(seen, verdict, now);
      const Told next{verdict, moves ? seen.generation + 1 : told_.local};
      if (!(next == told_) && !object_.tell(epoch_, next)) return false;
      told_ = next;
      BreakerWord wanted = seen;
      if (moves) wanted = {to, 0, seen.generation + 1};
      if (wanted.pack() == bits) return true;
      if (to == BreakerState::kClosed) object_.cell().retry_at.store(0, std::memory_order_release);
      if (word().compare_exchange_strong(bits, wanted.pack(), std::memory_order_seq_cst))
        return true;
    }
  }

  const Told& told() const { return told_; }
  // Whether that word's probes are of the generation that was told last.
  bool is_of_told(const BreakerWord& word) const {
    return is_of_fleet(word.state) && word.generation == told_.local;
  }

 private:
  auto& word() const { return object_.cell().word; }

  static BreakerState state_for(const BreakerWord& seen, const Verdict& verdict, bool closes,
                                int64_t now) {
    using S = BreakerState;
    if (seen.state == S::kForcedOpen || seen.state == S::kForcedClosed) return seen.state;
    if (now >= verdict.holds_until) return seen.state;  // the machine has its own breaker
    if (verdict.until == 0) return closes || is_of_fleet(seen.state) ? S::kClosed : seen.state;
    return now >= verdict.tried_at ? S::kFleetHalfOpen : S::kFleetOpen;
  }
  // A state of the fleet's, and of another generation of it than is told.
  bool is_of_older(const BreakerWord& seen, const Verdict& verdict, int64_t now) const {
    if (!is_of_fleet(seen.state) || now >= verdict.holds_until) return false;
    return seen.generation != told_.local || verdict.generation != told_.verdict.generation;
  }

  Object object_;
  const int64_t epoch_;
  Told told_;
};

}  // namespace og
