// SPDX-License-Identifier: Apache-2.0
// What holds for every noun: it moves, it is not copied, and empty it is an error.
#include <memory>
#include <optional>

#include "tests/cpp/error.h"

using namespace outgrow;

template <class Noun>
static void moves(Noun noun) {
  static_assert(!std::is_copy_constructible_v<Noun> && !std::is_copy_assignable_v<Noun>);
  static_assert(std::is_nothrow_move_constructible_v<Noun>);
  static_assert(std::is_nothrow_move_assignable_v<Noun>);
  CHECK(noun);
  auto* handle = noun.handle();
  Noun other = std::move(noun);
  CHECK_FALSE(noun);
  CHECK(other.handle() == handle);
  noun = std::move(other);
  CHECK(noun.handle() == handle);
  noun.destroy();
  noun.destroy();
  CHECK_FALSE(noun);
}

TEST_CASE("every noun moves and is destroyed once") {
  Endpoints endpoints;
  Cache cache;
  Store store;
  moves(Clock::system());
  moves(Clock::monotonic());
  moves(Clock::coarse());
  moves(Clock::wall());
  moves(Options());
  moves(Endpoints());
  moves(Balancer(endpoints));
  moves(RateLimiter({{"rate", "1/s"}, {"keys", 1}}));
  moves(CircuitBreaker());
  moves(Cache());
  moves(Store());
  moves(CachedStore(cache, store));
  moves(ReplicaRouter());
  moves(ShardMap());
  moves(Gather());
  moves(Gather().start(2));
  moves(AutoScaler());
  moves(AutoScaler({{"initial_instances", 1}}).explain());
  moves(Metrics());
  moves(Service());
  moves(Batch());
}

template <class Noun, class Use>
static void is_an_error_when_empty(Noun noun, Use&& use) {
  noun.destroy();
  CHECK(status_of([&] { use(noun); }) == Status::null_handle);
}

TEST_CASE("a noun that was moved from or destroyed is an error") {
  Endpoints endpoints;
  Cache cache;
  Store store;
  is_an_error_when_empty(Clock::system(), [](auto& n) { n.now(); });
  is_an_error_when_empty(Options(), [](auto& n) { n.set("rate", "1/s"); });
  is_an_error_when_empty(Options(), [](auto& n) { CircuitBreaker breaker(n); });
  is_an_error_when_empty(Clock::system(), [](auto& n) { CircuitBreaker breaker({}, n); });
  is_an_error_when_empty(Endpoints(), [](auto& n) { n.add("a"); });
  is_an_error_when_empty(Endpoints(), [](auto& n) { Balancer balancer(n); });
  is_an_error_when_empty(Balancer(endpoints), [](auto& n) { (void)n.pick(); });
  is_an_error_when_empty(Balancer(endpoints), [](auto& n) { (void)n.acquire(); });
  is_an_error_when_empty(RateLimiter({{"rate", "1/s"}}), [](auto& n) { (void)n.acquire("a"); });
  is_an_error_when_empty(CircuitBreaker(), [](auto& n) { (void)n.enter(); });
  is_an_error_when_empty(CircuitBreaker(), [](auto& n) { n.call([] {}); });
  is_an_error_when_empty(Cache(), [](auto& n) { (void)n.pin("a"); });
  is_an_error_when_empty(Cache(),
                         [](auto& n) { n.get_or_load("a", [] { return std::string(); }); });
  is_an_error_when_empty(Store(), [](auto& n) { (void)n.get("a"); });
  is_an_error_when_empty(CachedStore(cache, store), [](auto& n) { (void)n.get("a"); });
  is_an_error_when_empty(ReplicaRouter(), [](auto& n) { (void)n.read(); });
  is_an_error_when_empty(ShardMap(), [](auto& n) { (void)n.of("a"); });
  is_an_error_when_empty(Gather(), [](auto& n) { (void)n.start(1); });
  is_an_error_when_empty(Gather().start(1), [](auto& n) { n.done(0); });
  is_an_error_when_empty(AutoScaler(), [](auto& n) { n.decide(); });
  is_an_error_when_empty(AutoScaler({{"initial_instances", 1}}).explain(),
                         [](auto& n) { n.desired(); });
  is_an_error_when_empty(Metrics(), [](auto& n) { n.render(); });
  is_an_error_when_empty(Service(), [](auto& n) { (void)n.begin(Operation::read, {}, {}); });
  is_an_error_when_empty(Service(), [](auto& n) { n.write({}, {}, [](auto, auto) {}); });
  is_an_error_when_empty(Service(), [](auto& n) { n.cache(); });
}

TEST_CASE("nouns keep what they were made from alive") {
  std::optional<Endpoints> endpoints(std::in_place);
  endpoints->add("a");
  std::optional<Clock> clock = Clock::manual();
  Balancer balancer(*endpoints, {}, *clock);
  endpoints.reset();
  clock.reset();
  CHECK(balancer.pick() == 0);
}

TEST_CASE("a clock is moved by hand, and never back") {
  using namespace std::chrono_literals;
  Clock clock = Clock::manual(Time(5s));
  clock.advance(1s);
  CHECK(clock.now() == Time(6s));
  clock.set(Time(7s));
  CHECK(clock.now().time_since_epoch() == 7s);
  CHECK(status_of([&] { clock.set(Time(1s)); }) == Status::invalid_argument);
  CHECK(status_of([&] { clock.advance(-1s); }) == Status::invalid_argument);
  CHECK(status_of([] { Clock::manual(Time(-1s)); }) == Status::invalid_argument);
  CHECK(status_of([] { Clock::system().advance(1s); }) == Status::invalid_argument);
}
