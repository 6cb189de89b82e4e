// SPDX-License-Identifier: Apache-2.0
// A million nouns made and given up leave memory where it was.
#include <unistd.h>

#include <fstream>

#include "tests/cpp/error.h"
#include "tests/sanitizers.h"

using namespace outgrow;

// Under AddressSanitizer, whose quarantine grows, fewer: there it is the leak check that counts.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static constexpr int kCycles = 10'000;
static constexpr bool kMeasured = false;
#else
static constexpr int kCycles = 1'000'000;
static constexpr bool kMeasured = true;
#endif

static long resident_kib() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

template <class Cycle>
static void stays_flat(Cycle&& cycle) {
  for (int i = 0; i < 1000; ++i) cycle();
  long before = resident_kib();
  for (int i = 0; i < kCycles; ++i) cycle();
  if (kMeasured) CHECK(resident_kib() - before < 1024);
}

TEST_CASE("a million breakers, and permits that are not returned") {
  CircuitBreakerOptions options;
  stays_flat([&] {
    CircuitBreaker breaker(options);
    auto permit = breaker.enter();
  });
}

TEST_CASE("a million limiters") {
  RateLimiterOptions options;
  options.rate("1/s").keys(1);
  stays_flat([&] {
    RateLimiter limiter(options);
    (void)limiter.acquire("a");
  });
}

TEST_CASE("a million errors") {
  Options options{{"failure_threshold", 0}};
  stays_flat([&] {
    try {
      CircuitBreaker breaker(options);
    } catch (const Error&) {
    }
  });
}

TEST_CASE("a million leases that are not filled") {
  Cache cache;
  stays_flat([&] { (void)cache.get_or_lease("k"); });
}
