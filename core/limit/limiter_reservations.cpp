// SPDX-License-Identifier: Apache-2.0
// What a limiter takes on an estimate, and what becomes of that.
#include <concepts>

#include "core/base/time.h"
#include "core/limit/key_marks.h"
#include "core/limit/limiter.h"
#include "core/limit/reserved_takes.h"
#include "core/scope/living.h"

namespace og {
namespace {

template <class C>
concept Reserves = requires { typename C::Held; };

constexpr auto kUnsupported = static_cast<int64_t>(Status::kUnsupported);
constexpr auto kInvalid = static_cast<int64_t>(Status::kInvalidArgument);

using Slots = ReservationSlots<>;

// A time that was given, or read a while ago, when it is needed: what has passed since on the
// clock, if it can be of that.
struct When {
  static constexpr int64_t kMostDelay = 10'000'000'000;

  const Clock& clock;
  int64_t time;
  int64_t operator()() const noexcept {
    const int64_t now = clock.now();
    return now > time && now - time < kMostDelay ? now : time;
  }
};

}  // namespace

// f(the takes that are reserved); kUnsupported where there can be none.
template <class F>
int64_t Limiter::with_reserved(F&& f) const noexcept {
  return visit_variant(policy_, [&](auto& cells) -> int64_t {
    using Cells = std::remove_reference_t<decltype(cells)>;
    if constexpr (Reserves<Cells>) {
      if (reservations_) return f(ReservedTakes<Cells, Memory>(cells, reservations_->slots()));
    }
    return kUnsupported;
  });
}

bool Limiter::take_back(int64_t now) const noexcept {
  if (memory_.scope().is_read_only() || reservations_->attach() != Status::kOk) return false;
  now = from_zero(now);
  Slots& slots = reservations_->slots();
  if (!slots.is_sweep_due(now, later(now, Reservations::kSweepEvery))) return false;
  Slots::Swept swept;
  with_reserved([&](auto takes) {
    swept = takes.sweep(now, When{*clock_, now}, reservations_->owner(), Living(memory_.scope()));
    return 0;
  });
  slots.count(Slots::kExpired, swept.expired);
  slots.count(Slots::kOrphaned, swept.orphaned);
  return swept.expired + swept.orphaned > 0;
}

int64_t Limiter::reserve_at(std::string_view key, int64_t amount, int64_t within,
                            int64_t now) noexcept {
  if (!reservations_) return kUnsupported;
  if (within == 0) within = Reservations::kUsual;
  if (amount < 0 || within < 0 || within > Reservations::kLongest) return kInvalid;
  if (const Status attached = reservations_->attach(); attached != Status::kOk)
    return static_cast<int64_t>(attached == Status::kFull ? Status::kDenied : attached);
  const uint64_t hash = prefetch(key);
  const int64_t deadline = later(from_zero(now), within);
  return with_reserved([&](auto takes) -> int64_t {
    const auto attempt = [&] {
      return takes.reserve({hash, amount, deadline, reservations_->owner()}, now,
                           crowd_ == Crowd::kAllow);
    };
    auto answer = attempt();
    if (answer.id == 0 && (answer.is_full || answer.verdict.wait > 0) && take_back(now))
      answer = attempt();
    if (answer.verdict.wait < 0) return answer.verdict.wait;
    if (answer.verdict.crowded_out) counts_.add(kCrowdedOut);
    counts_.add(answer.id > 0 ? kAllowed : kDenied);
    if (answer.id > 0) return answer.id;
    return enforced(key, hash, 1) > 0 ? static_cast<int64_t>(Status::kDenied) : kSparedReservation;
  });
}

Status Limiter::settle_at(int64_t id, int64_t actual, int64_t now) noexcept {
  if (!reservations_) return Status::kUnsupported;
  Slots& slots = reservations_->slots();
  if (actual < 0) return Status::kInvalidArgument;
  if (id == kSparedReservation) return Status::kOk;
  auto* const slot = slots.settling(id, reservations_->owner());
  if (!slot) {
    slots.count(Slots::kLapsed);
    return Status::kLapsed;
  }
  const bool is_late = Slots::is_due(*slot, from_zero(now));
  with_reserved([&](auto takes) {
    takes.settle(*slot, slots.hash_of(*slot), When{*clock_, now}, is_late ? 0 : actual);
    return 0;
  });
  slots.free(*slot);
  slots.count(is_late ? Slots::kExpired : Slots::kSettled);
  if (is_late) slots.count(Slots::kLapsed);
  return is_late ? Status::kLapsed : Status::kOk;
}

int64_t Limiter::give_back_reserved(uint64_t hash, int64_t cost, int64_t now) noexcept {
  return with_reserved([&](auto takes) { return takes.give_back(hash, now, cost); });
}

Verdict Limiter::charge_reserved(uint64_t hash, int64_t cost, int64_t now) noexcept {
  Verdict verdict;
  with_reserved([&](auto takes) {
    verdict = takes.charge(hash, now, cost);
    return 0;
  });
  return verdict;
}

og::Slot Limiter::slot_reserved(uint64_t hash, int64_t cost, int64_t most, int64_t now) noexcept {
  og::Slot slot = og::Slot::unsupported();
  with_reserved([&](auto takes) {
    slot = takes.reserve_slot(hash, now, cost, most);
    return 0;
  });
  return slot;
}

int64_t Limiter::cancel_slot_reserved(uint64_t hash, int64_t cost, int64_t at,
                                      int64_t now) noexcept {
  return with_reserved([&](auto takes) { return takes.cancel_slot(hash, now, cost, at); });
}

bool Limiter::forget_reserved(uint64_t hash) noexcept {
  return with_reserved([&](auto takes) -> int64_t { return takes.forget(hash); }) > 0;
}

int64_t Limiter::reserved(Reserved which) const noexcept {
  if (!reservations_) return 0;
  take_back(clock_->now());
  Slots& slots = reservations_->slots();
  switch (which) {
    case Reserved::kReservations:
      return slots.out().reservations;
    case Reserved::kAmount:
      return slots.out().amount;
    case Reserved::kSettled:
      return slots.counted(Slots::kSettled);
    case Reserved::kLapsed:
      return slots.counted(Slots::kLapsed);
    case Reserved::kExpired:
      return slots.counted(Slots::kExpired);
    case Reserved::kOrphaned:
      return slots.counted(Slots::kOrphaned);
  }
  return 0;
}

void Limiter::collect_reserved(MetricSink& sink) const {
  constexpr const char* kName = "outgrow_limiter_settlements_total";
  constexpr const char* kHelp = "Reservations by how they ended.";
  const auto of = [this](Reserved which) { return reserved(which); };
  sink.gauge("outgrow_limiter_reservations", "Reservations that are out.", {},
             static_cast<double>(of(Reserved::kReservations)));
  sink.gauge("outgrow_limiter_reserved", "What is reserved and not settled.", {},
             static_cast<double>(of(Reserved::kAmount)));
  sink.counter(kName, kHelp, {{"outcome", "settled"}}, of(Reserved::kSettled));
  sink.counter(kName, kHelp, {{"outcome", "expired"}}, of(Reserved::kExpired));
  sink.counter(kName, kHelp, {{"outcome", "orphaned"}}, of(Reserved::kOrphaned));
  sink.counter("outgrow_limiter_late_settlements_total",
               "Settlements of what was settled, expired or another process's.", {},
               of(Reserved::kLapsed));
}

}  // namespace og
