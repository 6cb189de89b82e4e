// SPDX-License-Identifier: Apache-2.0
// What a breaker does while the machines of its fleet have it open.
#include <algorithm>

#include "core/base/time.h"
#include "core/guard/breaker.h"
#include "core/guard/breaker_voted.h"

namespace og {
namespace {

constexpr int64_t kAsksAgain = 100'000'000;  // ns: a machine for a probe, at the latest

}  // namespace

// A permit; 0 when it is refused, and -1 when the breaker has changed.
int64_t Breaker::enter_by_fleet(uint64_t bits, int64_t now) noexcept {
  const Word word = unpack(bits);
  if (!voted_) return 0;  // damaged: faults() says so
  using Says = VotedObject<>::Says;
  const VotedObject<>::Ruling ruling = voted_->object.ruling(word, now);
  switch (ruling.says) {
    case Says::kClosed:
      move(bits, BreakerState::kClosed);
      return -1;
    case Says::kOwn:
      if (now < cell_->retry_at.load(std::memory_order_acquire)) return 0;
      move(bits, BreakerState::kHalfOpen);
      return -1;
    case Says::kProbe: {
      const auto taken = voted_->object.begin_probe(word, now, own_attachment(),
                                                    [this](uint64_t by) { return is_alive(by); });
      if (taken.slot >= 0) return pack(Permit{word.generation, taken.slot, taken.sequence});
      break;
    }
    case Says::kWait:
      break;
  }
  return is_current(word.generation) ? 0 : -1;
}

// Of what the machine is to tell its fleet at once.
void Breaker::tell_agent() noexcept {
  if (voted_) voted_->tell_agent();
}

// Who is refused while probes are granted makes the machine ask for some.
void Breaker::refused_by_fleet(int64_t now) noexcept {
  const Word word = unpack(cell_->word.load(std::memory_order_acquire));
  if (!voted_ || !is_of_fleet(word.state)) return;
  const int64_t tried_at = voted_->object.ruling(word, now).tried_at;
  if (now >= tried_at && voted_->object.may_wake(now)) voted_->tell_agent();
}

// Of any generation: a probe that was begun before the fleet last changed is out until its call
// ends, or its time.
bool Breaker::return_probe(Permit permit, int64_t now) noexcept {
  const bool is_out =
      voted_ && permit.slot >= 0 &&
      voted_->object.end_probe(permit.generation, permit.slot, permit.sequence, now);
  if (is_out) voted_->tell_agent();
  return is_out;
}

int64_t Breaker::retry_after_by_fleet(const Word& word, int64_t now) const noexcept {
  if (!voted_) return kEndOfTime;
  using Says = VotedObject<>::Says;
  const VotedObject<>::Ruling ruling = voted_->object.ruling(word, now);
  const auto alive = [this](uint64_t by) { return is_alive(by); };
  switch (ruling.says) {
    case Says::kClosed:
      return 0;
    case Says::kOwn:
      return std::max(cell_->retry_at.load(std::memory_order_acquire), now) - now;
    case Says::kProbe:
      if (voted_->object.probing(ruling.probes_end, alive) < ruling.probes) return 0;
      return ruling.probes_end - now;
    case Says::kWait:
      break;
  }
  return std::max(ruling.tried_at, later(now, kAsksAgain)) - now;
}

}  // namespace og
