// SPDX-License-Identifier: Apache-2.0
// A noun that cannot do without an option or another noun is not made without: it would be empty.
#include <outgrow.hpp>
#include <type_traits>

#include "tests/catch.h"

using namespace outgrow;

TEST_CASE("a noun is never made empty") {
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<RateLimiter>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<ConcurrencyLimiter>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<Balancer>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<CachedStore>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<Scope>);
  STATIC_REQUIRE_FALSE(std::is_default_constructible_v<Query>);
  CHECK(CircuitBreaker());
  CHECK(Cache());
  CHECK(AutoScaler());
  CHECK(ShardMap().count() > 0);
}
