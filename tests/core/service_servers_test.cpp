// SPDX-License-Identifier: Apache-2.0
// Servers of a service: how they are listed, who takes over for an open breaker, and that breakers
// follow them.
#include <map>
#include <set>

#include "core/service/server_list.h"
#include "core/service/service.h"
#include "tests/catch.h"

namespace og {
namespace {

std::unique_ptr<Service> make(std::initializer_list<std::pair<const char*, const char*>> options,
                              ClockPtr clock = make_manual_clock(0)) {
  Config config;
  for (auto [name, value] : options) config.set(name, value);
  auto service = Service::create(config, std::move(clock));
  INFO((service ? "" : service.error().message));
  REQUIRE(service);
  return std::move(*service);
}

// The server that takes the key's read, which is then given back.
int32_t server_of(Service& service, std::string_view client, std::string_view key) {
  int64_t ticket = service.begin({client, key}).result;
  if (ticket <= 0) return static_cast<int32_t>(ticket);
  int32_t server = service.server(ticket);
  service.cancel(ticket);
  return server;
}

}  // namespace

TEST_CASE("service: servers are listed as name=weight") {
  auto servers = parse_servers(" a=5,b , 10.0.0.1:80=2,x=y=3 ");
  REQUIRE(servers);
  REQUIRE(servers->size() == 4);
  CHECK((*servers)[0].name == "a");
  CHECK((*servers)[0].weight == 5);
  CHECK((*servers)[1].name == "b");
  CHECK((*servers)[1].weight == 1);
  CHECK((*servers)[2].name == "10.0.0.1:80");
  CHECK((*servers)[2].weight == 2);
  CHECK((*servers)[3].name == "x=y");
  CHECK(parse_servers("")->empty());
  CHECK(parse_servers("  ")->empty());
  for (const char* bad : {",", "a,", "=5", "a=", "a=1.5", "a=1x", "a=99999999999999999999"}) {
    INFO(bad);
    auto refused = parse_servers(bad);
    REQUIRE(!refused);
    CHECK(refused.error().code == Status::kBadValue);
    CHECK(refused.error().option == "servers");
  }
}

TEST_CASE("service: weights are the balancer's") {
  auto service = make({{"servers", "a=5, b=1, c=1"},
                       {"balancer.policy", "weighted_round_robin"},
                       {"balancer.seed", "1"}});
  std::string order;  // nginx's
  for (int i = 0; i < 7; ++i) order += static_cast<char>('a' + server_of(*service, "", ""));
  CHECK(order == "aabacaa");
}

TEST_CASE("service: the load of a server whose breaker is open is shared out, a key's to one") {
  auto service = make({{"servers", "a, b, c, d, e"},
                       {"balancer.policy", "consistent_hash"},
                       {"breaker.failure_threshold", "1"}});
  constexpr int kKeys = 2000;
  std::map<std::string, int32_t> before;
  for (int i = 0; i < kKeys; ++i) {
    std::string key = "key" + std::to_string(i);
    before[key] = server_of(*service, "", key);
  }
  service->breaker(2)->force_open();
  std::map<int32_t, int> taken_over;
  int moved = 0;
  for (auto& [key, server] : before) {
    int32_t now = server_of(*service, "", key);
    CHECK(now == server_of(*service, "", key));
    if (server != 2) CHECK(now == server);
    if (server == 2) ++moved, ++taken_over[now];
  }
  CHECK(service->count(ServiceCount::kRerouted) == 2 * moved);
  // Each of the four takes about a quarter of some 400. The server's 160 arcs of the ring are
  // exponential in length and each falls to any of the four: a standard deviation of
  // sqrt(160 * 2 * 1/4 * 3/4) / 40 of a quarter, 19 keys; drawing keys adds sqrt(400 * 1/4 *
  // 3/4), 9. Five of both together are 106.
  REQUIRE(taken_over.size() == 4);
  CHECK(taken_over.count(2) == 0);
  for (auto [server, keys] : taken_over) CHECK(std::abs(keys - moved / 4) < 106);
}

TEST_CASE("service: without a sticky policy the others take over in turn") {
  auto service = make({{"servers", "a, b, c, d"},
                       {"balancer.policy", "least_connections"},
                       {"breaker.failure_threshold", "1"}});
  service->breaker(0)->force_open();
  std::map<int32_t, int> taken;
  for (int i = 0; i < 400; ++i) ++taken[server_of(*service, "", "")];
  CHECK(taken.count(0) == 0);
  CHECK(taken.size() == 3);
  for (auto [server, calls] : taken) CHECK(calls >= 100);
}

TEST_CASE("service: every server is tried before a request is refused") {
  std::string names = "s0";
  for (int i = 1; i < 100; ++i) names += ", s" + std::to_string(i);
  auto service = make({{"servers", names.c_str()},
                       {"balancer.policy", "consistent_hash"},
                       {"breaker.failure_threshold", "1"}});
  for (int32_t i = 0; i < 100; ++i) {
    if (i != 71) service->breaker(i)->force_open();
  }
  for (int i = 0; i < 50; ++i) CHECK(server_of(*service, "", std::to_string(i)) == 71);
  CHECK(service->endpoints()->set_weight(71, 0));  // drained: not picked, nor taken over to
  CHECK(server_of(*service, "", "k") == static_cast<int32_t>(Status::kRefused));
}

TEST_CASE("service: balance_by says what sticks to a server") {
  for (bool by_client : {false, true}) {
    auto service = make({{"servers", "a, b, c, d"},
                         {"balancer.policy", "consistent_hash"},
                         {"balance_by", by_client ? "client" : "key"}});
    std::set<int32_t> by_key, by_clients;
    for (int i = 0; i < 100; ++i) {
      by_key.insert(server_of(*service, "one", std::to_string(i)));
      by_clients.insert(server_of(*service, std::to_string(i), "one"));
    }
    CHECK((by_key.size() == 1) == by_client);
    CHECK((by_clients.size() == 1) == !by_client);
    // Without a key there is the client alone.
    CHECK(server_of(*service, "x", "") == server_of(*service, "x", ""));
  }
}

TEST_CASE("service: a permit of an index's former server counts for nothing at the next") {
  auto clock = make_manual_clock(0);
  auto service = make({{"servers", "old"},
                       {"endpoints.max_endpoints", "1"},
                       {"balancer.ticket_ms", "10"},  // shorter than the call, which then holds on
                       {"breaker.failure_threshold", "1"}},
                      clock);
  int64_t late = service->begin({}).result;
  REQUIRE(late > 0);
  REQUIRE(service->endpoints()->remove(0));
  clock->advance(10'000'000);
  // The index is free once the balancer has seen that the ticket is past its time.
  REQUIRE(service->begin({}).result == static_cast<int64_t>(Status::kNone));
  REQUIRE(*service->endpoints()->add("new", 1, "") == 0);
  CHECK(service->end(late, {.success = false}) == Status::kOk);
  CHECK(service->breaker(0)->state() == BreakerState::kClosed);
  CHECK(service->breaker(0)->transitions() == 0);
  CHECK(service->endpoints()->at(0)->counts.calls.load() == 0);
}

}  // namespace og
