// SPDX-License-Identifier: Apache-2.0
#include "core/base/tsc_clock.h"

#include <algorithm>
#include <fstream>
#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace og {
namespace {

constexpr int64_t kFirstSpanNs = 10'000'000;
constexpr int64_t kLineNs = 1'000'000'000;
constexpr int64_t kSlackNs = 1'000'000;
constexpr int64_t kCrystalPpm = 500;  // RFC 5905 takes 500 ppm as the worst sane oscillator
constexpr int kStrikes = 3;

#if defined(__x86_64__)
uint64_t hardware_ticks() noexcept { return __rdtsc(); }
#else
uint64_t hardware_ticks() noexcept { return 0; }
#endif

uint64_t rate_of(uint64_t ticks, int64_t ns) noexcept {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(ns) << 32) /
                               std::max<uint64_t>(ticks, 1));
}

int64_t scale(uint64_t ticks, uint64_t rate) noexcept {
  return static_cast<int64_t>((static_cast<unsigned __int128>(ticks) * rate) >> 32);
}

}  // namespace

bool TscClock::sound() {
#if defined(__x86_64__)
  unsigned a, b, c, d;
  if (__get_cpuid(0x80000007, &a, &b, &c, &d) == 0 || (d & (1u << 8)) == 0) return false;
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string kernel_uses;
  file >> kernel_uses;
  return kernel_uses != "hpet" && kernel_uses != "acpi_pm" && kernel_uses != "jiffies" &&
         kernel_uses != "refined-jiffies";
#else
  return false;
#endif
}

TscClock::TscClock() : TscClock(Source{&hardware_ticks, &monotonic_ns}) {}

TscClock::TscClock(Source source) : Clock(&read), source_(source), first_(measure()) {
  join_forks();
}

// The reference read that took the fewest ticks is the least disturbed of three.
TscClock::Point TscClock::measure() const noexcept {
  Point best{};
  uint64_t least = UINT64_MAX;
  for (int i = 0; i < 3; ++i) {
    uint64_t before = source_.ticks();
    int64_t ns = source_.reference_ns();
    uint64_t after = source_.ticks();
    if (after - before < least) {
      least = after - before;
      best = {before + least / 2, ns};
    }
  }
  return best;
}

int64_t TscClock::read(const Clock* clock) noexcept {
  auto* self = static_cast<const TscClock*>(clock);
  uint32_t sequence = self->sequence_.load(std::memory_order_acquire);
  uint64_t anchor = self->anchor_ticks_.load(std::memory_order_relaxed);
  int64_t ns = self->anchor_ns_.load(std::memory_order_relaxed);
  uint64_t rate = self->rate_.load(std::memory_order_relaxed);
  uint64_t lifetime = self->lifetime_.load(std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_acquire);
  bool whole = (sequence & 1) == 0 && self->sequence_.load(std::memory_order_relaxed) == sequence;
  uint64_t ticks = self->source_.ticks();
  // A counter a little behind the anchor (another core's) wraps to a huge age and is handled there.
  if (whole && ticks - anchor < lifetime) [[likely]] {
    return ns + static_cast<int64_t>(((ticks - anchor) * rate) >> 32);
  }
  return const_cast<TscClock*>(self)->read_slow(ticks);
}

int64_t TscClock::extend(uint64_t ticks) const noexcept {
  for (;;) {
    uint32_t sequence = sequence_.load(std::memory_order_acquire);
    uint64_t anchor = anchor_ticks_.load(std::memory_order_relaxed);
    int64_t ns = anchor_ns_.load(std::memory_order_relaxed);
    uint64_t rate = rate_.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    if ((sequence & 1) != 0 || sequence_.load(std::memory_order_relaxed) != sequence) continue;
    return static_cast<int64_t>(ticks - anchor) < 0 ? ns : ns + scale(ticks - anchor, rate);
  }
}

int64_t TscClock::read_slow(uint64_t ticks) noexcept {
  int32_t phase = phase_.load(std::memory_order_acquire);
  if (phase == kKernel) {
    return std::max(source_.reference_ns(), floor_.load(std::memory_order_relaxed));
  }
  if (phase == kCalibrating) {
    int64_t ns = source_.reference_ns();
    if (ns - first_.ns < kFirstSpanNs) return ns;
  }
  if (!redrawing_.test_and_set(std::memory_order_acquire)) {
    redraw();
    redrawing_.clear(std::memory_order_release);
  }
  phase = phase_.load(std::memory_order_acquire);
  return phase == kLine ? extend(ticks) : source_.reference_ns();
}

void TscClock::redraw() noexcept {
  if (phase_.load(std::memory_order_relaxed) == kKernel) return;
  Point now = measure();
  if (now.ns <= first_.ns) return;
  if (now.ticks <= first_.ticks) return give_up();  // before its own start: somebody wrote it
  uint64_t rate = rate_of(now.ticks - first_.ticks, now.ns - first_.ns);
  if (phase_.load(std::memory_order_relaxed) == kCalibrating) {
    draw(now, rate);
    phase_.store(kLine, std::memory_order_release);
    return;
  }

  uint64_t anchor = anchor_ticks_.load(std::memory_order_relaxed);
  int64_t age = static_cast<int64_t>(now.ticks - anchor);
  if (age > 0 && static_cast<uint64_t>(age) < lifetime_.load(std::memory_order_relaxed)) return;
  int64_t line = extend(now.ticks);
  int64_t error = now.ns - line;  // positive: the line is late
  int64_t span = std::max<int64_t>(now.ns - anchor_ns_.load(std::memory_order_relaxed), 0);
  int64_t allowed = kSlackNs + span / 1'000'000 * kCrystalPpm;
  if (age < 0 || error > allowed || error < -allowed) {
    if (++strikes_ >= kStrikes) return give_up();
  }
  if (error >= 0) {  // forward steps are harmless
    draw(now, rate);
    return;
  }
  int64_t bleed = std::max<int64_t>(error, -kLineNs / 2);
  uint64_t slower = rate - static_cast<uint64_t>(static_cast<unsigned __int128>(rate) *
                                                 static_cast<uint64_t>(-bleed) / kLineNs);
  draw({now.ticks, line}, slower);
}

// From here on the kernel's clock, shown no earlier than the line has been.
void TscClock::give_up() noexcept {
  floor_.store(extend(anchor_ticks_.load(std::memory_order_relaxed) +
                      lifetime_.load(std::memory_order_relaxed)),
               std::memory_order_relaxed);
  lifetime_.store(0, std::memory_order_relaxed);
  phase_.store(kKernel, std::memory_order_release);
}

void TscClock::draw(Point from, uint64_t rate) noexcept {
  uint32_t sequence = sequence_.load(std::memory_order_relaxed);
  sequence_.store(sequence + 1, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);
  anchor_ticks_.store(from.ticks, std::memory_order_relaxed);
  anchor_ns_.store(from.ns, std::memory_order_relaxed);
  rate_.store(rate, std::memory_order_relaxed);
  lifetime_.store(static_cast<uint64_t>((static_cast<unsigned __int128>(kLineNs) << 32) /
                                        std::max<uint64_t>(rate, 1)),
                  std::memory_order_relaxed);
  sequence_.store(sequence + 2, std::memory_order_release);
}

}  // namespace og
