// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/clock.h>

#include <chrono>
#include <outgrow/handle.hpp>

namespace outgrow {

class Clock;

using Duration = std::chrono::nanoseconds;
// A time of a noun's clock; Time(std::chrono::seconds(5)) is five seconds after its start.
using Time = std::chrono::time_point<Clock, Duration>;

inline constexpr Duration kNever = Duration::max();  // OG_NEVER: a duration without an end
inline constexpr Duration kSinceBegin{-1};  // a latency: the time since the ticket was given

namespace detail {

constexpr std::int64_t ns(Time time) { return time.time_since_epoch().count(); }

// How long a call took, as C takes it.
inline std::int64_t latency(Duration latency) {
  if (latency < Duration() && latency != kSinceBegin) {
    throw Error(Status::invalid_argument, "latency: 0 or more, or kSinceBegin");
  }
  return latency.count();
}

}  // namespace detail

// Nanoseconds that never step back. Nouns keep their clock alive.
class Clock : public detail::Handle<og_clock, og_clock_destroy> {
 public:
  using Handle::Handle;

  // The time stamp counter where it is invariant; what nouns use that are given no clock.
  static Clock system() { return Clock(detail::make<og_clock>(og_clock_create_system)); }
  // CLOCK_MONOTONIC, read from the kernel each time.
  static Clock monotonic() { return Clock(detail::make<og_clock>(og_clock_create_monotonic)); }
  // The kernel tick's time: the cheapest, 1 to 10 ms coarse.
  static Clock coarse() { return Clock(detail::make<og_clock>(og_clock_create_coarse)); }
  // The time of day: Unix time in whole milliseconds. Stands still where it is set back.
  static Clock wall() { return Clock(detail::make<og_clock>(og_clock_create_wall)); }
  // Stands at the start (not before 0) until moved: for tests and replay.
  static Clock manual(Time start = {}) {
    return Clock(detail::make<og_clock>(og_clock_create_manual, detail::ns(start)));
  }

  Time now() const {
    return Time(Duration(detail::checked(og_clock_now(handle()), "og_clock_now")));
  }

  // Manual clocks alone, and never back.
  void set(Time now) { detail::checked(og_clock_set(handle(), detail::ns(now)), "og_clock_set"); }
  void advance(Duration by) {
    detail::checked(og_clock_advance(handle(), by.count()), "og_clock_advance");
  }
};

}  // namespace outgrow
