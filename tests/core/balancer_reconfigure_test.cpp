// SPDX-License-Identifier: Apache-2.0
// A balancer whose policy changes while it picks.
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/balance/balancer.h"
#include "tests/core/host_endpoints.h"
#include "tests/core/room_scope.h"

namespace og {
namespace {

using test::Processes;
using test::SegmentName;

Config options(std::vector<std::pair<std::string, std::string>> rows) {
  Config config;
  config.set("seed", "1");
  for (const auto& [name, value] : rows) config.set(name, value);
  return config;
}

std::shared_ptr<EndpointSet> servers(int count, const Place& place = {}) {
  Config config;
  config.set_int("max_endpoints", 16);
  std::shared_ptr<EndpointSet> set = std::move(*EndpointSet::create(config, place));
  for (int i = 0; i < count; ++i) REQUIRE(set->put("server-" + std::to_string(i), 1, ""));
  return set;
}

std::vector<int32_t> picks(Balancer& balancer, int count) {
  std::vector<int32_t> all;
  for (int i = 0; i < count; ++i) all.push_back(balancer.pick(""));
  return all;
}

// Picks the last server, and knows how many of its kind live.
class Counted final : public PickPolicy {
 public:
  static Result<std::unique_ptr<PickPolicy>> make(const PickPolicySetup&) {
    return std::make_unique<Counted>();
  }
  Counted() { ++alive; }
  ~Counted() override { --alive; }
  std::unique_ptr<const Plan> plan(Draft& draft) override {
    return std::make_unique<Last>(static_cast<int32_t>(draft.members().size()) - 1);
  }
  void done(const PickEnd&) noexcept override { ++ends; }
  static inline int alive = 0, ends = 0;

 private:
  struct Last final : Plan {
    explicit Last(int32_t last) : last(last) {}
    int32_t pick(const PickContext&) const noexcept override { return last; }
    int32_t pick_other(const PickContext&, const Admits&) const noexcept override { return last; }
    int32_t last;
  };
};

constexpr PickPolicyRow kCounted{.word = "counted", .hears_ends = true, .make = &Counted::make};

}  // namespace

TEST_CASE("balancer: a policy that it changes to begins as that of a new balancer") {
  auto balancer = *Balancer::create(options({}), servers(3), make_manual_clock(0));
  CHECK(picks(*balancer, 4) == std::vector<int32_t>{0, 1, 2, 0});
  REQUIRE(balancer->reconfigure(options({{"policy", "least_connections"}})));
  CHECK(picks(*balancer, 2) == std::vector<int32_t>{0, 1});
  REQUIRE(balancer->reconfigure(options({{"policy", "round_robin"}})));
  CHECK(picks(*balancer, 2) == std::vector<int32_t>{0, 1});
  REQUIRE(balancer->reconfigure(options({{"policy", "round_robin"}})));  // as it is
  CHECK(balancer->pick("") == 2);
  REQUIRE(balancer->reconfigure(options({{"ring_points", "40"}})));  // another policy's
  CHECK(balancer->pick("") == 0);
  CHECK_FALSE(balancer->keeps_keys());
  REQUIRE(balancer->reconfigure(options({{"policy", "consistent_hash"}})));
  CHECK(balancer->keeps_keys());
}

TEST_CASE("balancer: a policy lives as long as somebody may pick by a plan of it, then no longer") {
  Counted::alive = Counted::ends = 0;
  const auto set = servers(2);
  auto balancer = *Balancer::create(options({}), set, make_manual_clock(0), &kCounted);
  int32_t endpoint = -1;
  const int64_t heard = balancer->acquire("", &endpoint);
  const int64_t not_heard = balancer->acquire("", &endpoint);
  CHECK(endpoint == 1);
  CHECK(balancer->release(heard, true, 0) == Status::kOk);
  CHECK(Counted::ends == 1);
  {
    auto pass = set->gate().enter();
    REQUIRE(balancer->reconfigure(options({{"policy", "least_connections"}})));
    CHECK(balancer->pick("") == 0);
    REQUIRE(set->set_healthy(0, false));
    CHECK(Counted::alive == 1);
  }
  REQUIRE(set->set_healthy(0, true));
  CHECK(Counted::alive == 0);
  CHECK(set->at(1)->in_flight.load() == 1);
  CHECK(balancer->release(not_heard, true, 0) == Status::kOk);
  CHECK(Counted::ends == 1);
  CHECK(set->at(1)->in_flight.load() == 0);
}

// What picks, holds and gives back while the policy and the set change, until told to stop.
TEST_CASE("balancer: threads pick, acquire and release while its policy changes") {
  constexpr int kServers = 4, kThreads = 3, kChanges = 400;
  const std::array<Config, 5> ways = {
      options({{"policy", "least_connections"}}), options({{"choices", "2"}}),
      options({{"policy", "consistent_hash"}}), options({{"policy", "weighted_round_robin"}}),
      options({{"policy", "round_robin"}, {"choices", "0"}})};
  const auto set = servers(kServers);
  auto balancer = *Balancer::create(options({{"ticket_ms", "0"}}), set, make_manual_clock(0));
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int64_t> picked{0}, rounds{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, key = "key-" + std::to_string(i)] {
      const std::array<std::string_view, 3> keys{key, "", "other"};
      std::array<int32_t, 3> many{};
      int64_t own = 0;
      while (!stop) {
        int32_t endpoint = -1;
        const int64_t ticket = balancer->acquire(key, &endpoint);
        wrong += ticket <= 0 || endpoint < 0 || endpoint >= kServers;
        balancer->pick_many(keys, many.data());
        for (int32_t each : many) wrong += each < 0 || each >= kServers;
        wrong += balancer->release(ticket, true, 0) != Status::kOk;
        own += 4;
        ++rounds;
      }
      picked += own;
    });
  }
  for (int i = 0; i < kChanges; ++i) {
    REQUIRE(balancer->reconfigure(ways[static_cast<size_t>(i) % ways.size()]));
    REQUIRE(set->set_weight(i % kServers, 1 + i % 7));
    for (const int64_t seen = rounds; rounds == seen;) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  int64_t counted = 0;
  for (int32_t i = 0; i < kServers; ++i) {
    CHECK(set->at(i)->in_flight.load() == 0);
    counted += balancer->picks(i);
  }
  CHECK(counted == picked);
}

TEST_CASE("balancer: in a scope all processes follow with their next pick, each over its own set") {
  Processes processes;
  auto clock = make_manual_clock(0);
  const Place here(processes.one, "reads"), there(processes.other, "reads");
  auto one = *Balancer::create(options({}), servers(2), clock, here);
  auto other = *Balancer::create(options({}), servers(2), clock, there);
  const auto apart = servers(2);
  auto stranger = *Balancer::create(options({}), apart, clock, Place(processes.one, "writes"));
  const auto is_keeping = [](Balancer& balancer) {
    const int32_t first = balancer.pick("key");
    return balancer.pick("key") == first && balancer.keeps_keys();
  };
  REQUIRE(one->reconfigure(options({{"policy", "consistent_hash"}})));
  CHECK(is_keeping(*one));
  CHECK(is_keeping(*other));
  CHECK_FALSE(is_keeping(*stranger));

  int32_t endpoint = -1;
  REQUIRE(other->reconfigure(options({{"policy", "least_connections"}})));
  REQUIRE(one->acquire("key", &endpoint) > 0);
  CHECK(endpoint == 0);
  REQUIRE(one->acquire("key", &endpoint) > 0);
  CHECK(endpoint == 1);
  CHECK_FALSE(one->keeps_keys());
  REQUIRE(other->reconfigure(options({{"policy", "consistent_hash"}})));
  const std::array<std::string_view, 2> keys{"key", "key"};
  std::array<int32_t, 2> many{};
  one->pick_many(keys, many.data());
  CHECK(one->keeps_keys());
  CHECK(many[0] == many[1]);
}

TEST_CASE("balancer: in a scope its options are those of the one that is there") {
  Processes processes;
  auto clock = make_manual_clock(0);
  const Place here(processes.one, "reads"), there(processes.other, "reads");
  auto one = *Balancer::create(options({{"policy", "least_connections"}}), servers(2), clock, here);
  auto adopts = *Balancer::create(options({}), servers(2), clock, there);
  CHECK(picks(*adopts, 2) == std::vector<int32_t>{0, 1});
  REQUIRE(processes.other->differences().size() == 1);
  CHECK(processes.other->differences()[0].find("policy=least_connections, not with "
                                               "policy=round_robin") != std::string::npos);
  auto refused = Balancer::create(options({{"on_mismatch", "refuse"}}), servers(2), clock, there);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().option == "policy");
  auto replaces =
      *Balancer::create(options({{"on_mismatch", "replace"}, {"policy", "consistent_hash"}}),
                        servers(2), clock, there);
  CHECK(replaces->keeps_keys());
  one->pick("");
  CHECK(one->keeps_keys());
  auto fixed = Balancer::create(options({{"on_mismatch", "replace"}, {"tickets", "7"}}), servers(2),
                                clock, there);
  REQUIRE_FALSE(fixed);
  CHECK(fixed.error().option == "tickets");
}

TEST_CASE("balancer: a policy of a later release is told of, and the one in use goes on") {
  Processes processes;
  auto clock = make_manual_clock(0);
  auto balancer = *Balancer::create(options({}), servers(2), clock, Place(processes.one, "reads"));
  const auto become = [&](const std::string& text) {
    auto& object = processes.room.objects.at({CellKind::kBalancer, "reads"});
    REQUIRE(object->change_options([&](const std::string&) -> Result<ScopeObject::Changed> {
      return ScopeObject::Changed{text, [] {}};
    }));
  };
  CHECK(balancer->pick("") == 0);
  become("policy=of_next_year seed=1");
  CHECK(balancer->pick("") == 1);
  REQUIRE(processes.one->differences().size() == 1);
  CHECK(processes.one->differences()[0].find("of_next_year") != std::string::npos);
  CHECK(balancer->pick("") == 0);
  become("policy=consistent_hash seed=1 of_next_year=7");
  balancer->pick("");
  CHECK(balancer->keeps_keys());
}

// Both the endpoints and the policy are those of all: what is in flight is counted through changes
// of either, by whichever process.
TEST_CASE(
    "balancer: in a segment a child follows its parent's policy, and the parent the child's") {
  SegmentName name;
  const auto make = [&](std::shared_ptr<EndpointSet>* set) {
    auto segment = test::attach(name.settings());
    *set = servers(3, Place(segment, "servers"));
    return std::move(
        *Balancer::create(options({}), *set, make_manual_clock(0), Place(segment, "reads")));
  };
  std::shared_ptr<EndpointSet> set;
  auto balancer = make(&set);
  int32_t endpoint = -1;
  REQUIRE(balancer->acquire("", &endpoint) > 0);
  CHECK(endpoint == 0);
  test::Shared* shared = test::Shared::create();
  const pid_t child = test::start([&] {
    std::shared_ptr<EndpointSet> its_set;
    auto its = make(&its_set);
    shared->count = 1;
    shared->wait_for_count(2);
    int32_t picked = -1;  // where nothing is in flight, which is not the next in turn
    const bool follows = its->acquire("", &picked) > 0 && picked == 1 &&
                         its->acquire("", &picked) > 0 && picked == 2;
    const bool changed = its->reconfigure(options({{"policy", "consistent_hash"}})).has_value();
    shared->count = 3;
    shared->wait_for_count(4);
    return follows && changed ? 0 : 1;
  });
  shared->wait_for_count(1);
  REQUIRE(balancer->reconfigure(options({{"policy", "least_connections"}})));
  shared->count = 2;
  shared->wait_for_count(3);
  CHECK(set->observe(2)->in_flight.load() == 1);
  const int32_t owner = balancer->pick("key");
  CHECK(balancer->pick("key") == owner);
  CHECK(balancer->keeps_keys());
  shared->count = 4;
  CHECK(test::wait_for(child) == 0);
  CHECK(set->observe(2)->in_flight.load() == 0);
}

}  // namespace og
