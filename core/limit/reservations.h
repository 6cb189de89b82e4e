// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/fork_aware.h"
#include "core/base/options.h"
#include "core/limit/reservation_slots.h"
#include "core/scope/scope.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kReservationRows[] = {
    {.name = "reservations", .type = OptionType::kInt, .fallback = "0", .min = 0,
     .max = ReservationSlots<>::kMost, .unit = "reservations",
     .doc = "Reservations that can be out at a time, 88 bytes each; 0: nothing can be reserved."},
};
// clang-format on
inline constexpr OptionTable kReservationOptions{"limiter", kReservationRows};

// What is wrong with the options of a limiter that has reservations.
struct ReservingLimiter {
  std::string_view policy;
  bool has_plans;
  bool has_rates;  // several
  bool is_in_fleet;
};
Result<void> check_reservations(const Options& options, const ReservingLimiter& limiter);

// A limiter's reservations (reserved_takes.h) where its cells lie, and who they are out to.
class Reservations final : private ForkAware {
 public:
  static constexpr int64_t kSweepEvery = 10'000'000;       // ns
  static constexpr int64_t kUsual = 60'000'000'000;        // ns, where none is told
  static constexpr int64_t kLongest = 86'400'000'000'000;  // ns, a day

  Reservations(void* memory, uint32_t slots, const Scope& scope);
  ~Reservations();

  ReservationSlots<>& slots() noexcept { return slots_; }
  // Attaches a forked child where it could not be before. kOk: owner() is who is known by it.
  Status attach() noexcept { return is_attached() ? Status::kOk : scope_.regain(); }
  uint64_t owner() const noexcept { return scope_.owner(); }

 private:
  bool is_attached() const noexcept { return scope_.is_copied_by_fork() || owner() != 0; }
  void after_fork_in_child() noexcept override { slots_.end_all(); }

  ReservationSlots<> slots_;
  const Scope& scope_;
};

}  // namespace og
