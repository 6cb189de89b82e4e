// SPDX-License-Identifier: Apache-2.0
#include "outgrow/clock.h"

#include "capi/src/guard.h"

using namespace og::capi;

og_status og_clock_create_system(og_clock** out, og_error** error) {
  return guard_create(out, error, []() -> og::Result<og_clock> {
    return og_clock{std::const_pointer_cast<og::Clock>(og::system_clock())};
  });
}

og_status og_clock_create_monotonic(og_clock** out, og_error** error) {
  return guard_create(
      out, error, []() -> og::Result<og_clock> { return og_clock{og::make_monotonic_clock()}; });
}

og_status og_clock_create_coarse(og_clock** out, og_error** error) {
  return guard_create(out, error,
                      []() -> og::Result<og_clock> { return og_clock{og::make_coarse_clock()}; });
}

og_status og_clock_create_wall(og_clock** out, og_error** error) {
  return guard_create(out, error, []() -> og::Result<og_clock> {
    return og_clock{std::const_pointer_cast<og::Clock>(og::wall_clock())};
  });
}

og_status og_clock_create_manual(int64_t start_ns, og_clock** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_clock> {
    if (start_ns < 0) return og::fail(og::Status::kInvalidArgument, "start_ns is negative");
    return og_clock{og::make_manual_clock(start_ns)};
  });
}

void og_clock_destroy(og_clock** clock) { destroy(clock); }

int64_t og_clock_now(const og_clock* clock) {
  return call<int64_t>(clock, [](const og_clock& c) { return c.clock->now(); });
}

og_status og_clock_set(og_clock* clock, int64_t now_ns) {
  return call<og_status>(
      clock, [&](og_clock& c) { return c.clock->set(now_ns) ? OG_OK : OG_INVALID_ARGUMENT; });
}

og_status og_clock_advance(og_clock* clock, int64_t by_ns) {
  return call<og_status>(
      clock, [&](og_clock& c) { return c.clock->advance(by_ns) ? OG_OK : OG_INVALID_ARGUMENT; });
}
