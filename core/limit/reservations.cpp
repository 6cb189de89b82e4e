// SPDX-License-Identifier: Apache-2.0
#include "core/limit/reservations.h"

#include <string>

#include "core/base/typed_options.h"
#include "core/limit/calendar_window.h"
#include "core/limit/fixed_window.h"
#include "core/limit/token_bucket_policy.h"

namespace og {

Result<void> check_reservations(const Options& options, const ReservingLimiter& limiter) {
  const int64_t count = OptionsOf<kReservationOptions>::among(options).integer("reservations");
  if (count == 0) return {};
  const std::string what = "option 'reservations' cannot be " + std::to_string(count);
  if (limiter.is_in_fleet) {
    return fail(Status::kUnsupported,
                what + " in a fleet, in any mode: its server cannot be told what was not used",
                "reservations");
  }
  if (limiter.has_plans) {
    return fail(Status::kBadValue,
                what +
                    " with option 'plans' or 'plan_keys': what a key reserved by one plan is not "
                    "known by another",
                "reservations");
  }
  if (limiter.has_rates) {
    return fail(Status::kBadValue,
                what +
                    " with several rates in option 'rate': what was not used of one may be used of "
                    "another",
                "reservations");
  }
  const std::string_view policy = limiter.policy;
  if (policy != TokenBucketPolicy::kWord && policy != FixedWindowPolicy::kWord &&
      policy != CalendarWindowPolicy::kWord) {
    return fail(Status::kBadValue,
                what + " with " + std::string(policy) +
                    ", which does not know later what a request changed: use token_bucket, "
                    "fixed_window or calendar_window",
                "reservations");
  }
  return {};
}

Reservations::Reservations(void* memory, uint32_t slots, const Scope& scope)
    : slots_(memory, slots), scope_(scope) {
  if (scope.is_copied_by_fork()) join_forks();
}

Reservations::~Reservations() { leave_forks(); }

}  // namespace og
