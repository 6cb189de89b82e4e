// SPDX-License-Identifier: Apache-2.0
// The list of a service's layers: what is true of each of them, whoever adds one.
#include <set>
#include <string>

#include "core/service/layers.h"
#include "core/service/service.h"
#include "tests/catch.h"
#include "tests/core/room_scope.h"

namespace og {
namespace {

using test::Processes;

std::unique_ptr<Service> make(std::initializer_list<std::pair<const char*, const char*>> options,
                              ClockPtr clock, const Place& place = {}) {
  Config config;
  for (auto [name, value] : options) config.set(name, value);
  auto service = Service::create(config, std::move(clock), place);
  INFO((service ? "" : service.error().message));
  REQUIRE(service);
  return std::move(*service);
}

}  // namespace

TEST_CASE("service: every option of a layer's nouns is the service's, under the noun's name") {
  std::set<std::string> names;
  for (const OptionSpec& row : service_options().rows) CHECK(names.insert(row.name).second);
  ServiceLayers::each_options([&](const OptionTable& noun) {
    for (const OptionSpec& row : noun.rows) {
      CHECK(names.erase(std::string(noun.noun) + "." + row.name) == 1);
    }
  });
  CHECK(names == std::set<std::string>{"servers", "balance_by", "max_in_flight", "call_ms"});
}

TEST_CASE("service: a layer is left out unless one of its options is given") {
  const Config none;
  const auto settings = *ServiceSettings::resolve(none);
  const ClockPtr clock = make_manual_clock(0);
  ServiceCounts counts;
  ServiceLayers layers;
  REQUIRE(layers.make({.first_word = 0,
                       .config = none,
                       .settings = settings,
                       .clock = clock,
                       .place = {},
                       .counts = counts,
                       .has = {}}));
  layers.each([](ServiceLayer&) { FAIL("a layer that nobody asked for"); });
}

TEST_CASE("service: a layer may lie in a scope") {
  Processes processes;
  auto clock = make_manual_clock(0);
  const auto options = {std::pair{"limiter.rate", "2/h"}, std::pair{"limiter.keys", "64"},
                        std::pair{"breaker.failure_threshold", "1"}};
  auto one = make(options, clock, Place(processes.one, "checkout"));
  auto other = make(options, clock, Place(processes.other, "checkout"));
  const int64_t ticket = one->begin({"alice", "key"}).result;
  REQUIRE(ticket > 0);
  REQUIRE(one->cancel(one->begin({"alice", "key"}).result) == Status::kOk);
  CHECK(other->begin({"alice", "key"}).result == static_cast<int64_t>(Status::kDenied));
  CHECK(one->end(ticket, {.success = false}) == Status::kOk);
  CHECK(other->begin({"bob", "key"}).result == static_cast<int64_t>(Status::kRefused));
  // What lies in no scope is each service's own.
  CHECK(one->count(ServiceCount::kDenied) == 0);
  CHECK(other->count(ServiceCount::kDenied) == 1);
}

TEST_CASE("service: layers find their nouns by the nouns' options") {
  auto clock = make_manual_clock(0);
  auto alone = make({{"breaker.failure_threshold", "1"}}, clock);
  CHECK(alone->breaker(0));
  CHECK(alone->breaker(0) == alone->breaker(7));
  CHECK_FALSE(alone->limiter());
  CHECK_FALSE(alone->endpoints());
  auto served = make({{"breaker.failure_threshold", "1"}, {"servers", "a, b"}}, clock);
  CHECK(served->endpoints());
  CHECK(served->balancer());
  CHECK(served->breaker(0));
  CHECK(served->breaker(0) != served->breaker(1));
  CHECK_FALSE(served->breaker(7));
}

}  // namespace og
