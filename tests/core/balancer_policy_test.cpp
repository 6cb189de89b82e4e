// SPDX-License-Identifier: Apache-2.0
// The seam between a balancer and its policy: what a policy is told, and where its memory lies.
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "core/balance/balancer.h"
#include "core/balance/policies.h"
#include "core/balance/policy_turn.h"
#include "core/base/registry.h"
#include "core/inspect/host_report.h"
#include "tests/catch.h"
#include "tests/core/host_endpoints.h"

namespace og {
namespace {

std::shared_ptr<EndpointSet> servers(int count) {
  auto set = std::move(*EndpointSet::create({}));
  for (int i = 0; i < count; ++i) REQUIRE(set->put("server-" + std::to_string(i), 1, "zone"));
  return set;
}

// Picks the first, and writes down what it is told.
class Told final : public PickPolicy {
 public:
  static Result<std::unique_ptr<PickPolicy>> make(const PickPolicySetup&) {
    auto policy = std::make_unique<Told>();
    last = policy.get();
    return policy;
  }
  std::unique_ptr<const Plan> plan(Draft& draft) override {
    ++plans;
    for (const Member& m : draft.members()) zones.emplace_back(m.zone);
    return std::make_unique<First>(*this);
  }
  void joins(int32_t endpoint) noexcept override { joined.push_back(endpoint); }
  void done(const PickEnd& end) noexcept override { ends.push_back(end); }

  static inline Told* last = nullptr;
  int plans = 0;
  int64_t picked_at = -1;
  std::vector<std::string> zones;
  std::vector<int32_t> joined;
  std::vector<PickEnd> ends;

 private:
  struct First final : Plan {
    explicit First(Told& of) : told(of) {}
    int32_t pick(const PickContext& context) const noexcept override {
      told.picked_at = context.now;
      return 0;
    }
    int32_t pick_other(const PickContext&, const Admits& admits) const noexcept override {
      return admits(1) ? 1 : kNobody;
    }
    Told& told;
  };
};

constexpr PickPolicyRow kTold{.word = "told", .make = &Told::make};
constexpr PickPolicyRow kHears{
    .word = "hears", .reads_time = true, .hears_ends = true, .make = &Told::make};

// Two of them, to see what their option table comes to.
constexpr OptionSpec kFirstOwn[] = {{.name = "first_own", .type = OptionType::kBool}};
constexpr OptionSpec kLastOwn[] = {{.name = "last_own", .type = OptionType::kBool}};
constexpr PickPolicyRow kToys[] = {{.word = "told", .options = kFirstOwn, .make = &Told::make},
                                   {.word = "no_own", .make = &Told::make},
                                   {.word = "hears", .options = kLastOwn, .make = &Told::make}};
constexpr OptionSpec kHead[] = {
    {.name = "policy", .type = OptionType::kEnum, .choices = RegisteredWords<kToys>::kText}};
constexpr OptionSpec kTail[] = {{.name = "seed", .type = OptionType::kInt}};
constexpr auto kToyRows = with_registered<kToys>(kHead, kTail);

}  // namespace

TEST_CASE("registry: the words and the options of the registered are those of the option table") {
  CHECK(kToyRows.size() == 4);
  CHECK(std::string(kToyRows[0].choices) == "told|no_own|hears");
  CHECK(std::string(kToyRows[1].name) == "last_own");
  CHECK(std::string(kToyRows[2].name) == "first_own");
  CHECK(std::string(kToyRows[3].name) == "seed");
}

TEST_CASE("balancer: a policy is told who joins, where they are and how calls ended") {
  const auto set = servers(2);
  const auto clock = make_manual_clock(7);
  const auto balancer = std::move(*Balancer::create({}, set, clock, &kHears));
  Told& told = *Told::last;
  CHECK(told.plans == 1);
  CHECK(told.zones == std::vector<std::string>{"zone", "zone"});
  CHECK(told.joined.empty());
  CHECK(balancer->pick("key") == 0);
  CHECK(told.picked_at == 7);
  CHECK(balancer->pick_at("key", 9) == 0);
  CHECK(told.picked_at == 9);

  REQUIRE(set->put("newcomer", 1, "other"));
  CHECK(told.plans == 2);
  CHECK(told.zones.back() == "other");
  CHECK(told.joined == std::vector<int32_t>{2});

  int32_t endpoint = -1;
  const int64_t first = balancer->acquire_at("key", 10, &endpoint);
  CHECK(balancer->release_at(first, true, -1, 25) == Status::kOk);
  const int64_t second = balancer->acquire_at("key", 30, &endpoint);
  CHECK(balancer->release_at(second, false, 5, 40) == Status::kOk);
  const int64_t third = balancer->acquire_at("key", 50, &endpoint);
  CHECK(balancer->cancel_at(third, 60) == Status::kOk);
  CHECK(balancer->release_at(third, true, 5, 60) == Status::kLapsed);
  REQUIRE(told.ends.size() == 2);
  CHECK(told.ends[0].endpoint == 0);
  CHECK(told.ends[0].outcome == PickEnd::Outcome::kSuccess);
  CHECK(told.ends[0].latency_ns == 15);
  CHECK(told.ends[0].now == 25);
  CHECK(told.ends[1].outcome == PickEnd::Outcome::kFailure);
  CHECK(told.ends[1].latency_ns == 5);
}

TEST_CASE("balancer: a policy that asks for neither time nor ends gets neither") {
  const auto balancer = std::move(*Balancer::create({}, servers(2), make_manual_clock(7), &kTold));
  CHECK(balancer->pick("key") == 0);
  CHECK(Told::last->picked_at == 0);
  int32_t endpoint = -1;
  CHECK(balancer->release(balancer->acquire("key", &endpoint), true, 1) == Status::kOk);
  CHECK(Told::last->ends.empty());
}

TEST_CASE("balancer: whoever was tried is not drawn again") {
  for (const PickPolicyRow& row : kPickPolicies) {
    for (const char* key : {"", "key"}) {
      CAPTURE(row.word, key);
      const auto set = servers(3);
      Config config;
      config.set("policy", row.word);
      config.set("seed", "1");
      const auto balancer = std::move(*Balancer::create(config, set, make_manual_clock(0)));
      std::vector<int32_t> tried;
      auto pass = set->gate().enter();
      for (int i = 0; i < 3; ++i) {
        const int32_t drawn = balancer->draw({.key = key, .tried = tried});
        REQUIRE(drawn >= 0);
        CHECK(std::find(tried.begin(), tried.end(), drawn) == tried.end());
        tried.push_back(drawn);
      }
      CHECK(balancer->draw({.key = key, .tried = tried}) == Plan::kNobody);
    }
  }
}

// A segment that an earlier release made goes on where it stood.
TEST_CASE("balancer: the turns of the first policies lie in the set's head, the others' by name") {
  test::SegmentName name;
  test::Process here(name, "round_robin", make_manual_clock(0));
  test::Process there(name, "round_robin", make_manual_clock(0));
  auto [memory, size] = test::memory_of(name);
  const char* const words[] = {"round_robin", "weighted_round_robin", "least_connections"};
  for (size_t i = 0; i < 3; ++i) {
    CAPTURE(words[i]);
    (*std::move(*PolicyTurn::of(*there.set, words[i]))).next.store(100 + i);
    CHECK(reinterpret_cast<std::atomic<uint64_t>*>(memory + 64 * (1 + i))->load() == 100 + i);
  }
  auto segment = test::attach(name.settings());
  CHECK(segment->objects().size() == 1);

  auto one = PolicyTurn::of(*here.set, "toy"), other = PolicyTurn::of(*here.set, "toy_two");
  auto same = PolicyTurn::of(*there.set, "toy");
  REQUIRE(one);
  REQUIRE(other);
  REQUIRE(same);
  (**one).take();
  CHECK((**same).next.load() == 1);
  CHECK((**other).next.load() == 0);
  REQUIRE(segment->objects().size() == 3);
  CHECK(segment->objects()[1].name == "servers/toy");
  CHECK(host_report(segment, false).find(R"({"kind":"balancer_policy","name":"servers/toy",)") !=
        std::string::npos);
}

TEST_CASE("balancer: on the heap a policy's memory is its balancer's alone") {
  const auto set = servers(1);
  auto one = PolicyTurn::of(*set, "round_robin"), other = PolicyTurn::of(*set, "round_robin");
  (**one).take();
  CHECK((**one).next.load() == 1);
  CHECK((**other).next.load() == 0);
}

}  // namespace og
