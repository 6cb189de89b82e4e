// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cmath>
#include <limits>

#include "tests/cpp/error.h"

using namespace outgrow;
using namespace std::chrono_literals;

TEST_CASE("options take text, numbers, bools and durations") {
  Options options{{"open_ms", 1500us}, {"failure_threshold", 7}, {"half_open_permits", "3"}};
  options.check("breaker");
  Options({{"fall_back", false}, {"replicas", 3u}}).check("replicas");
  Options({{"ttl_jitter", 0.5}, {"ttl_ms", "30s"}}).check("cache");
  Options({{"rate", std::string("100/s")}, {"burst", std::string_view("5")}}).check("limiter");

  auto clock = Clock::manual();
  CircuitBreaker breaker({{"open_ms", 1500us}, {"failure_threshold", 1}}, clock);
  breaker.enter().exit(false);
  CHECK(breaker.retry_after() == 1500us);
}

TEST_CASE("each noun's options are functions") {
  auto clock = Clock::manual();
  RateLimiter limiter(RateLimiterOptions()
                          .rate("10/s")
                          .policy(RateLimiterOptions::Policy::sliding_window)
                          .keys(16)
                          .when_full(RateLimiterOptions::WhenFull::allow),
                      clock);
  CHECK(limiter.acquire_detailed("a").limit == 10);
  CircuitBreaker breaker(CircuitBreakerOptions().open(2s).failure_threshold(1), clock);
  breaker.enter().exit(false);
  CHECK(breaker.retry_after() == 2s);
  Service service(ServiceOptions().servers("a, b").limiter_rate("5/h").balancer_policy(
      BalancerOptions::Policy::least_connections));
  CHECK(service.limiter());
  CHECK(service.endpoints().count() == 2);
}

TEST_CASE("an error names the option at fault") {
  Error unknown = error_of([] { RateLimiter({{"rat", "1/s"}}); });
  CHECK(unknown.status() == Status::unknown_option);
  CHECK(unknown.option() == "rat");
  CHECK(std::string(unknown.what()).find("'rate'") != std::string::npos);

  Error missing = error_of([] { RateLimiter limiter{RateLimiterOptions()}; });
  CHECK(missing.status() == Status::bad_value);
  CHECK(missing.option() == "rate");

  // Each of them is refused by the option's name, whatever C++ made of it on the way.
  for (OptionValue bad : {OptionValue(-1s), OptionValue(std::chrono::hours::max()),
                          OptionValue(std::chrono::duration<double>(std::nan(""))),
                          OptionValue(std::numeric_limits<double>::quiet_NaN()),
                          OptionValue(std::numeric_limits<std::uint64_t>::max()),
                          OptionValue("soon"), OptionValue(std::string())}) {
    Error error = error_of([&] { CircuitBreaker({{"open_ms", bad}}); });
    CHECK(error.status() == Status::bad_value);
    CHECK(error.option() == "open_ms");
  }
}

TEST_CASE("null pointers and embedded NULs are errors") {
  const char* null = nullptr;
  CHECK(status_of([&] { Options({{"rate", null}}); }) == Status::invalid_argument);
  CHECK(status_of([&] { Options({{null, "1/s"}}); }) == Status::invalid_argument);
  CHECK(status_of([] { Options().set("rate", std::string("1/s\0x", 5)); }) ==
        Status::invalid_argument);
  CHECK(status_of([] { Options().set(std::string("rate\0", 5), "1/s"); }) ==
        Status::invalid_argument);
}

TEST_CASE("the library describes its options") {
  CHECK(describe_options("limiter").find("\"rate\"") != std::string::npos);
  CHECK(describe_options().find("\"breaker\"") != std::string::npos);
  CHECK(status_of([] { describe_options("teapot"); }) == Status::invalid_argument);
  CHECK(version() == OG_VERSION);
  CHECK(text(Status::bad_value) == "bad value");
}
