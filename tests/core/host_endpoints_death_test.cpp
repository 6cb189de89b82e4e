// SPDX-License-Identifier: Apache-2.0
// A set of endpoints in a segment, whoever dies, and whatever is written over it.
#include <cstring>
#include <random>
#include <vector>

#include "tests/core/host_endpoints.h"

namespace og {
namespace {

using test::Process;
using test::SegmentName;
using test::Shared;
using test::start;
using test::wait_for;

constexpr int64_t kMs = 1'000'000;

}  // namespace

TEST_CASE("host endpoints: what a dead process had in flight is gone, and no more than that") {
  SegmentName name;
  auto clock = make_manual_clock(0);
  Process here(name, "least_connections", clock);
  here.add(2);
  auto* shared = Shared::create();
  auto hold = [&] {
    return start([&]() -> int {
      Process there(name, "least_connections", make_manual_clock(0));
      int32_t endpoint;
      for (int i = 0; i < 5; ++i) there.balancer->acquire("", &endpoint);
      shared->count.fetch_add(1);
      for (;;) pause();
    });
  };
  pid_t first = hold();
  shared->wait_for_count(1);
  pid_t second = hold();
  shared->wait_for_count(2);
  int32_t endpoint;
  const int64_t own = here.balancer->acquire("", &endpoint);
  CHECK(here.out(2) == 11);
  kill(first, SIGKILL);
  CHECK(wait_for(first) == -SIGKILL);
  // Found by a pick, a tenth of a second later; no earlier, as that asks the kernel.
  auto counted = [&] {
    return here.set->at(0)->in_flight.load() + here.set->at(1)->in_flight.load();
  };
  here.balancer->pick("");
  CHECK(counted() == 11);
  clock->advance(100 * kMs);
  here.balancer->pick("");
  CHECK(counted() == 6);
  pid_t third = hold();  // in the place of the first
  shared->wait_for_count(3);
  CHECK(here.out(2) == 11);
  for (pid_t holder : {second, third}) {
    kill(holder, SIGKILL);
    CHECK(wait_for(holder) == -SIGKILL);
  }
  CHECK(here.out(2) == 1);
  CHECK(here.balancer->release(own, true, 0) == Status::kOk);
  CHECK(here.out(2) == 0);
}

// A quarter of the workers' calls change the set.
TEST_CASE(
    "host endpoints: killed at any moment, counts come back to the truth and the set is whole") {
  constexpr int kServers = 8, kKills = 100;
  SegmentName name;
  auto* shared = Shared::create();
  auto work = [&](unsigned seed) {
    return start([&, seed] {
      std::mt19937 random(seed);
      Process there(name, "least_connections", system_clock());
      for (; !shared->stop.load(std::memory_order_relaxed); shared->count.fetch_add(1)) {
        int32_t endpoint;
        int64_t ticket = there.balancer->acquire("", &endpoint);
        if (ticket > 0 && random() % 8 != 0) there.balancer->release(ticket, true, 0);
        if (random() % 4 != 0) continue;
        const std::string who = "name-" + std::to_string(random() % 12);
        int32_t index = there.set->find(who);
        if (index < 0)
          (void)there.set->add(who, 1, std::string(random() % 200, 'z'));
        else if (random() % 2)
          (void)there.set->remove(index);
        else
          (void)there.set->set_healthy(index, random() % 2);
      }
      return 0;
    });
  };
  std::vector<pid_t> workers;
  unsigned seed = 0;
  for (int i = 0; i < 4; ++i) workers.push_back(work(seed++));
  std::mt19937 random(5);
  for (int i = 0; i < kKills; ++i) {
    for (int64_t from = shared->count, until = from + static_cast<int64_t>(random() % 50);
         shared->count < until;) {
      sched_yield();
    }
    pid_t& victim = workers[random() % workers.size()];
    kill(victim, SIGKILL);
    REQUIRE(wait_for(victim) == -SIGKILL);
    victim = work(seed++);
  }
  shared->stop = true;
  for (pid_t worker : workers) CHECK(wait_for(worker) == 0);

  Process here(name, "least_connections", system_clock());
  for (int32_t i = 0; i < 16 && here.set->observe(i); ++i) CHECK(here.in_flight(i) == 0);
  const int64_t before = here.set->count();
  for (int i = 0; i < kServers / 2; ++i) REQUIRE(here.set->add("late-" + std::to_string(i), 1, ""));
  CHECK(here.set->count() == before + kServers / 2);
  for (int32_t i = 0; i < 16; ++i) {
    if (!here.set->weight(i)) continue;  // not in the set
    const std::string who = *here.set->name(i), zone = *here.set->zone(i);
    CHECK((who.starts_with("name-") || who.starts_with("late-")));
    CHECK(zone.find_first_not_of('z') == std::string::npos);
  }
  int32_t endpoint;
  CHECK(here.balancer->acquire("", &endpoint) > 0);
}

// The segment as one leaves it who dies between two stores of a change: an odd version, a name half
// written. See EndpointRecords.
TEST_CASE("host endpoints: whoever comes after one who died in a change finishes it") {
  SegmentName name;
  Process here(name, "round_robin", make_manual_clock(0));
  here.add(2);
  CHECK(here.balancer->pick("") >= 0);
  auto* version = reinterpret_cast<std::atomic<uint64_t>*>(test::memory_of(name).first);
  REQUIRE(version->load() % 2 == 0);
  version->fetch_add(1);
  CHECK(here.balancer->pick("") >= 0);  // nobody holds the lock: repaired
  CHECK(version->load() % 2 == 0);
  version->fetch_add(1);
  REQUIRE(here.set->add("new", 1, "") == 2);
  CHECK(version->load() % 2 == 0);
  CHECK(here.set->count() == 3);
}

TEST_CASE("host endpoints: an index is given away when no living process has a call there") {
  SegmentName name;
  Process here(name, "round_robin", make_manual_clock(0), 1);
  REQUIRE(here.set->add("a", 1, "") == 0);
  auto* shared = Shared::create();
  pid_t holder = start([&]() -> int {
    Process there(name, "round_robin", make_manual_clock(0), 1);
    int32_t endpoint;
    there.balancer->acquire("", &endpoint);
    shared->count = 1;
    for (;;) pause();
  });
  shared->wait_for_count(1);
  REQUIRE(here.set->remove(0));
  auto refused = here.set->add("b", 1, "");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Status::kFull);
  kill(holder, SIGKILL);
  CHECK(wait_for(holder) == -SIGKILL);
  CHECK(here.set->add("b", 1, "") == 0);
}

TEST_CASE("host endpoints: bytes flipped in the records crash nobody and end no loop late") {
  SegmentName name;
  Process here(name, "least_connections", system_clock());
  here.add(8);
  CHECK(wait_for(start([&] {
          Process there(name, "least_connections", system_clock());
          auto [memory, bytes] = test::memory_of(name);
          std::mt19937_64 random(9);
          for (int round = 0; round < 3000; ++round) {
            for (int flips = 0; flips < 4; ++flips) {
              const size_t at =
                  random() % (random() % 2 ? bytes : 8192);  // head and first records, and all
              memory[at] = static_cast<char>(memory[at] ^ (1 << random() % 8));
            }
            int32_t endpoint = -1;
            for (int i = 0; i < 4; ++i) {
              const int64_t ticket = there.balancer->acquire("", &endpoint);
              if (ticket > 0) there.balancer->release(ticket, true, 0);
              const int32_t picked = there.balancer->pick("");
              if (picked >= 16 || endpoint >= 16) return 1;
            }
            const std::string who = "x" + std::to_string(random() % 20);
            if (int32_t index = there.set->find(who); index >= 0)
              (void)there.set->remove(index);
            else
              (void)there.set->add(who, 1, "");
            for (int32_t i = 0; i < 16; ++i) {
              if (there.set->observe(i)) (void)there.set->name(i);
            }
          }
          return 0;
        })) == 0);
}

}  // namespace og
