// SPDX-License-Identifier: Apache-2.0
#include "core/guard/concurrency_leased.h"

namespace og {

int64_t ConcurrencyLimiter::enter_in_fleet(int64_t now, int64_t permit_ns,
                                           bool by_own_clock) noexcept {
  const auto take = [&](int64_t time) -> int64_t {
    const uint32_t size = leased_->permits.size_at(time);
    if (size == 0) return 0;
    return given(leased_->permits.take(claimant(owner(), size, time, permit_ns), time));
  };
  int64_t permit = take(now);
  if (!permit && sweep_where_due(now, permit_ns)) permit = take(now);
  const bool may_wait = by_own_clock && clock_->kind() != Clock::Kind::kManual;
  if (!permit) permit = leased_->door.ask(now, may_wait, take);
  return permit ? permit : refuse();
}

}  // namespace og
