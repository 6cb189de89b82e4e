// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/lease_door.h"

#include <algorithm>

#include "core/base/time.h"
#include "core/base/wait_around.h"

namespace og {
namespace {

constexpr int64_t kLeastWait = 1'000'000;  // ns: until who was not answered asks again

}  // namespace

int64_t LeaseDoor::again_after() const noexcept {
  return std::max(2 * fleet_->round_trip_ns(), kLeastWait);
}

int64_t LeaseDoor::peek(uint64_t hash, int64_t cost, int64_t now) noexcept {
  const auto need = static_cast<uint64_t>(cost);
  if (grants_.held(hash, now).tokens >= need) return 0;
  const int64_t wait = board_.wait(hash, need, now);
  return wait > 0 ? wait : again_after();
}

int64_t LeaseDoor::ask(std::string_view key, uint64_t hash, int64_t cost, int64_t now,
                       bool may_wait) noexcept {
  const auto need = static_cast<uint64_t>(cost);
  const uint64_t owner = fleet_->host()->owner();
  if (owner == 0) {  // what it writes could not be told from a dead one's
    fleet_->host()->regain();
    return again_after();
  }
  if (object_.mode() == LeaseMode::kExact)
    return ask_exact({key, hash, need, owner}, now, may_wait);
  const uint32_t seen = fleet_->answers_seen();
  if (const int64_t wait = board_.wait(hash, need, now); wait > 0) return wait;
  if (!board_.ask(hash, key, need, owner)) return kCrowded;
  fleet_->asked(object_.agent() != 0);
  fleet_->help(now);
  if (const auto wait = answer(hash, need, now)) return *wait;
  if (!may_wait || board_.told(hash).is_ahead) return again_after();
  const WaitAround around;
  return around.may_wait() ? wait_for(hash, need, now, seen) : again_after();
}

// Whoever waits takes a token only after it has asked for one: so what is granted and what is
// waited for are as many, whoever comes first. It asks again where its round has ended without one
// for it and without the server's refusal. Who cannot wait asks once, and takes it with a later
// call.
int64_t LeaseDoor::ask_exact(const Wanted& wanted, int64_t now, bool may_wait) noexcept {
  const auto& [key, hash, need, owner] = wanted;
  const WaitAround around;
  may_wait = may_wait && around.may_wait();
  if (!may_wait && grants_.take(hash, now, need)) return 0;
  const int64_t until = later(now, fleet_->timeout_ns());
  for (;;) {
    uint32_t seen = fleet_->answers_seen();
    if (const int64_t wait = board_.wait(hash, need, now); wait > 0)
      return grants_.take(hash, now, need) ? 0 : wait;
    const uint64_t rounds = board_.rounds(hash);
    if (!board_.ask(hash, key, need, owner)) return kCrowded;
    fleet_->asked(object_.agent() != 0);
    fleet_->help(now);
    for (;;) {
      const bool has_ended = board_.ended(hash) > rounds;
      if (const auto wait = answer(hash, need, now)) return *wait;
      if (!may_wait || now >= until) return again_after();
      if (has_ended && board_.is_refused(hash, need)) return kLeastWait;
      if (has_ended) break;
      now = fleet_->await_answer(seen, now, until);
    }
  }
}

// What is known by now: 0 where it was taken.
std::optional<int64_t> LeaseDoor::answer(uint64_t hash, uint64_t need, int64_t now) noexcept {
  if (grants_.take(hash, now, need)) return 0;
  const int64_t wait = board_.wait(hash, need, now);
  return wait > 0 ? std::optional(wait) : std::nullopt;
}

int64_t LeaseDoor::wait_for(uint64_t hash, uint64_t need, int64_t now, uint32_t seen) noexcept {
  const int64_t until = later(now, fleet_->timeout_ns());
  for (;;) {
    now = fleet_->await_answer(seen, now, until);
    if (const auto wait = answer(hash, need, now)) return *wait;
    if (now >= until) return again_after();
  }
}

}  // namespace og
