// SPDX-License-Identifier: Apache-2.0
// Who draws plans, when, and who waits meanwhile.
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "tests/core/host_endpoints.h"

namespace og {
namespace {

using test::Process;
using test::SegmentName;

// Does something while a change is being drawn.
struct Meddler : EndpointSet::Watcher {
  std::function<void()> meddle;
  void prepare(Draft&) override {
    if (auto once = std::exchange(meddle, nullptr)) once();
  }
  void commit() noexcept override {}
};

// In another thread; false when it does not come to an end by itself.
bool ends(const std::function<void()>& call) {
  auto done = std::make_shared<std::promise<void>>();
  auto future = done->get_future();
  std::thread([call, done] {
    call();
    done->set_value();
  }).detach();
  return future.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
}

std::vector<int32_t> picks(Process& process, int count) {
  std::vector<int32_t> out;
  for (int i = 0; i < count; ++i) out.push_back(process.balancer->pick(""));
  return out;
}

std::vector<int32_t> in_turn(Process& a, Process& b, int count) {
  std::vector<int32_t> out;
  for (int i = 0; i < count; ++i) out.push_back((i % 2 ? b : a).balancer->pick(""));
  return out;
}

}  // namespace

TEST_CASE("endpoints: who looks does not wait for a change that is being drawn") {
  auto set = std::move(*EndpointSet::create({}));
  REQUIRE(set->add("a", 1, "zone"));
  Meddler meddler;
  set->watch(&meddler);
  bool looked = false;
  meddler.meddle = [&] {
    looked = ends([&] {
      (void)set->name(0);
      (void)set->zone(0);
      (void)set->weight(0);
      (void)set->healthy(0);
      (void)set->find("a");
      (void)set->count();
    });
  };
  REQUIRE(set->set_weight(0, 5));
  CHECK(looked);
  CHECK(set->weight(0) == 5);
  set->unwatch(&meddler);
}

TEST_CASE(
    "host endpoints: a change is drawn without the segment's lock, and anew when another was "
    "quicker") {
  SegmentName name;
  auto set_of = [&] {
    Config config;
    config.set_int("max_endpoints", 16);
    return std::move(*EndpointSet::create(config, Place(test::attach(name.settings()), "servers")));
  };
  auto here = set_of(), there = set_of();
  for (const char* server : {"a", "b", "c"}) REQUIRE(here->add(server, 1, ""));
  Meddler meddler;
  here->watch(&meddler);

  SECTION("both changes stand") {
    bool changed = false;
    meddler.meddle = [&] { changed = ends([&] { REQUIRE(there->set_weight(1, 7)); }); };
    REQUIRE(here->set_weight(0, 5));
    CHECK(changed);
    for (auto& set : {here, there}) {
      CHECK(set->weight(0) == 5);
      CHECK(set->weight(1) == 7);
    }
  }
  SECTION("what the other took is gone") {
    meddler.meddle = [&] { REQUIRE(there->remove(0)); };
    CHECK_FALSE(here->set_weight(0, 5));
    CHECK(here->count() == 2);
  }
  SECTION("what the other put there is there") {
    meddler.meddle = [&] { REQUIRE(there->add("d", 1, "") == 3); };
    CHECK_FALSE(here->add("d", 1, ""));
    meddler.meddle = [&] { REQUIRE(there->add("e", 1, "") == 4); };
    CHECK(here->add("f", 1, "") == 5);
  }
  SECTION("one that is overtaken time and again makes its change all the same") {
    int64_t weight = 10;
    std::function<void()> again = [&] {
      REQUIRE(there->set_weight(1, ++weight));
      if (weight < 12) meddler.meddle = again;
    };
    meddler.meddle = again;
    REQUIRE(here->set_weight(0, 5));
    CHECK(here->weight(0) == 5);
    CHECK(here->weight(1) == weight);
  }
  here->unwatch(&meddler);
  CHECK(here->faults().empty());
}

TEST_CASE("host endpoints: the cycle of weighted round robin is drawn once for all processes") {
  SegmentName name;
  auto clock = make_manual_clock(0);
  Process here(name, "weighted_round_robin", clock), there(name, "weighted_round_robin", clock);
  Process control(name, "round_robin", clock);  // picks otherwise, and changes the set
  REQUIRE(here.set->add("a", 5, ""));
  REQUIRE(here.set->add("b", 1, ""));
  REQUIRE(here.set->add("c", 1, ""));
  CHECK(in_turn(there, here, 14) == std::vector<int32_t>{0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 0, 2, 0, 0});
  auto drawn_after = [&](Process& changer, auto change) {
    const int64_t before =
        here.set->cycles_drawn() + there.set->cycles_drawn() + control.set->cycles_drawn();
    const int64_t own = changer.set->cycles_drawn();
    REQUIRE(change(*changer.set));
    picks(here, 1);
    picks(there, 1);
    picks(control, 1);
    CHECK(changer.set->cycles_drawn() == own + 1);
    return here.set->cycles_drawn() + there.set->cycles_drawn() + control.set->cycles_drawn() -
           before;
  };
  for (Process* changer : {&here, &there, &control}) {
    CHECK(drawn_after(*changer, [](EndpointSet& set) { return set.set_healthy(0, false); }) == 1);
    CHECK(drawn_after(*changer, [](EndpointSet& set) { return set.set_healthy(0, true); }) == 1);
    CHECK(drawn_after(*changer, [](EndpointSet& set) { return set.set_weight(1, 2); }) == 1);
    CHECK(drawn_after(*changer, [](EndpointSet& set) { return set.add("d", 3, ""); }) == 1);
    CHECK(drawn_after(*changer, [](EndpointSet& set) { return set.remove(3); }) == 1);
    CHECK(drawn_after(*changer, [](EndpointSet& set) { return set.set_weight(1, 1); }) == 1);
  }
  REQUIRE(control.set->set_weight(0, 2));
  CHECK(in_turn(here, there, 8) ==
        std::vector<int32_t>{0, 1, 2, 0, 0, 1, 2, 0});  // nginx's of 2, 1, 1
  CHECK(control.set->faults().empty());
}

// Two plans over a set on the heap are drawn from one cycle.
TEST_CASE("endpoints: balancers over one set share the cycle of a change") {
  auto set = std::move(*EndpointSet::create({}));
  for (int i = 0; i < 3; ++i) REQUIRE(set->add(std::to_string(i), i + 1, ""));
  Config config;
  config.set("policy", "weighted_round_robin");
  auto one = std::move(*Balancer::create(config, set, make_manual_clock(0)));
  auto two = std::move(*Balancer::create(config, set, make_manual_clock(0)));
  const int64_t before = set->cycles_drawn();
  REQUIRE(set->set_healthy(2, false));
  CHECK(set->cycles_drawn() == before + 1);
  one.reset();
  two.reset();
  REQUIRE(set->set_healthy(2, true));
  CHECK(set->cycles_drawn() == before + 1);  // and nobody's that nobody wants
}

// What is scribbled over a cycle is drawn anew by whoever reads it.
TEST_CASE("host endpoints: a damaged cycle is nobody's") {
  std::vector<uint64_t> memory(CycleRecord::bytes_for(8) / 8 + 8);
  auto* at = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  CycleRecord record(at, 8);
  std::vector<std::unique_ptr<Endpoint>> endpoints;
  std::vector<Member> members;
  for (int32_t i = 0; i < 4; ++i) {
    endpoints.push_back(std::make_unique<Endpoint>(i));
    members.push_back({endpoints.back().get(), "x", i + 1, i != 3});
  }
  auto drawn = [&](Cycle cycle) {
    return NamedCycle{std::make_shared<const Cycle>(std::move(cycle)),
                      CycleRecord::fingerprint(members)};
  };
  const Cycle cycle{0, 1, 2, 1, 2, 2};
  CHECK_FALSE(record.read(members));
  record.write(drawn(cycle));
  REQUIRE(record.read(members));
  CHECK(*record.read(members) == cycle);
  members[1].healthy = false;  // another set's
  CHECK_FALSE(record.read(members));
  members[1] = {endpoints[1].get(), "x", 5, true};
  CHECK_FALSE(record.read(members));
  members[1].weight = 2;
  CHECK(record.read(members));
  record.write(drawn({0, 1, 3, 1, 2, 2}));  // an entry that may not be picked
  CHECK_FALSE(record.read(members));
  record.write(drawn(cycle));
  record.write(drawn(Cycle(CycleRecord::room(8) + 1, 0)));  // no room: each draws its own
  CHECK(*record.read(members) == cycle);
  auto* words = reinterpret_cast<std::atomic<uint64_t>*>(at);
  words[3] = CycleRecord::room(8) + 1;  // the length
  CHECK_FALSE(record.read(members));
  words[3] = 2;  // fewer than the members
  CHECK_FALSE(record.read(members));
  record.write(drawn(cycle));
  words[1] |= 1;  // its writer died
  CHECK_FALSE(record.read(members));
  record.write(drawn(cycle));
  CHECK(record.read(members));
}

}  // namespace og
