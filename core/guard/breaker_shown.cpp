// SPDX-License-Identifier: Apache-2.0
// What a breaker tells of itself.
#include <algorithm>

#include "core/base/refusal.h"
#include "core/base/time.h"
#include "core/guard/breaker.h"
#include "core/guard/breaker_voted.h"

namespace og {

BreakerState Breaker::state() const noexcept {
  switch (const BreakerState state = unpack(cell_->word.load(std::memory_order_acquire)).state) {
    case BreakerState::kFleetOpen:
      return BreakerState::kOpen;
    case BreakerState::kFleetHalfOpen:
      return BreakerState::kHalfOpen;
    default:
      return state;
  }
}

const char* Breaker::state_in_words() const noexcept {
  switch (unpack(cell_->word.load(std::memory_order_acquire)).state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return voted_ ? "open by this machine's calls" : "open";
    case BreakerState::kHalfOpen:
      return voted_ ? "half-open by this machine's calls" : "half-open";
    case BreakerState::kForcedOpen:
      return "forced open";
    case BreakerState::kForcedClosed:
      return "forced closed";
    case BreakerState::kFleetOpen:
      return "open by the fleet";
    case BreakerState::kFleetHalfOpen:
      return "half-open by the fleet";
  }
  return "damaged";
}

int64_t Breaker::retry_after_at(int64_t now) const noexcept {
  now = from_zero(now);
  switch (Word word = unpack(cell_->word.load(std::memory_order_acquire)); word.state) {
    case BreakerState::kForcedOpen:
      return kEndOfTime;
    case BreakerState::kOpen:
      return std::max(cell_->retry_at.load(std::memory_order_acquire), now) - now;
    case BreakerState::kHalfOpen:
      return slots_.free_after(word.generation, now, [this](uint64_t by) { return is_alive(by); });
    case BreakerState::kFleetOpen:
    case BreakerState::kFleetHalfOpen:
      return retry_after_by_fleet(word, now);
    default:
      return 0;
  }
}

int64_t Breaker::transitions() const noexcept {
  const int64_t generation = unpack(cell_->word.load(std::memory_order_acquire)).generation;
  const int64_t before =
      cell_->generations_before.load(std::memory_order_relaxed) & Word::kGenerationMask;
  return std::max<int64_t>(generation - Word::kFirstGeneration - before, 0);
}

std::vector<std::string> Breaker::faults() const {
  std::vector<std::string> faults;
  const Word word = unpack(cell_->word.load(std::memory_order_acquire));
  if (word.state > (voted_ ? BreakerState::kFleetHalfOpen : BreakerState::kForcedClosed)) {
    faults.push_back("is in state " + std::to_string(static_cast<int32_t>(word.state)));
  }
  if (word.generation < Word::kFirstGeneration) faults.push_back("has no generation");
  if (cell_->retry_at.load(std::memory_order_acquire) < 0)
    faults.push_back("was open before time began");
  const int64_t most = now_in(settings_.most_permits);
  for (size_t i = static_cast<size_t>(std::clamp<int64_t>(most, 0, kMaxPermits)); i < kMaxPermits;
       ++i) {
    if (cell_->slots[i].holder.load(std::memory_order_acquire) == 0) continue;
    faults.push_back("has a permit out in slot " + std::to_string(i) + " of " +
                     std::to_string(most));
  }
  return faults;
}

std::string Breaker::refusal(int64_t retry_after_ns) const {
  const std::string breaker = "the circuit breaker" + refusing(memory_.name());
  if (is_of_fleet(unpack(cell_->word.load(std::memory_order_acquire)).state)) {
    return breaker + " was opened by " + memory_.scope().title() +
           when_again(retry_after_ns, "it stays so until it is reset");
  }
  if (retry_after_ns == 0) return breaker + " is half-open: as many calls as may are trying";
  return breaker + " is open" + when_again(retry_after_ns, "it stays so until it is reset");
}

}  // namespace og
