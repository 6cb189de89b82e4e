// SPDX-License-Identifier: Apache-2.0
// A set of endpoints in a segment: one for all processes.
#include "tests/core/host_endpoints.h"

#include <vector>

namespace og {
namespace {

using test::Process;
using test::SegmentName;
using test::Shared;
using test::start;
using test::wait_for;

}  // namespace

TEST_CASE("host endpoints: what one process does the next pick in another follows") {
  SegmentName name;
  Process here(name, "round_robin", make_manual_clock(0));
  CHECK(here.balancer->pick("") == static_cast<int32_t>(Status::kNone));
  auto in_other = [&](const std::function<void(Process&)>& body) {
    CHECK(wait_for(start([&] {
            Process there(name, "round_robin", make_manual_clock(0));
            body(there);
            return 0;
          })) == 0);
  };
  in_other([](Process& p) { REQUIRE(p.set->add("a", 1, "west") == 0); });
  CHECK(here.balancer->pick("") == 0);
  CHECK(*here.set->name(0) == "a");
  CHECK(*here.set->zone(0) == "west");
  in_other([](Process& p) {
    REQUIRE(p.set->add("b", 7, "") == 1);
    REQUIRE(p.set->set_healthy(0, false));
  });
  for (int i = 0; i < 3; ++i) CHECK(here.balancer->pick("") == 1);
  CHECK(here.set->weight(1) == 7);
  CHECK(here.set->healthy(0) == 0);
  in_other([](Process& p) {
    REQUIRE(p.set->remove(1));
    REQUIRE(p.set->set_healthy(0, true));
    REQUIRE(p.set->set_weight(0, 3));
  });
  for (int i = 0; i < 3; ++i) CHECK(here.balancer->pick("") == 0);
  CHECK(here.set->count() == 1);
  CHECK(here.set->weight(0) == 3);
  CHECK(here.set->find("b") == static_cast<int32_t>(Status::kNone));
  in_other([](Process& p) { REQUIRE(p.set->add("b", 1, "east") == 1); });  // its own index again
  CHECK(*here.set->zone(1) == "east");
  CHECK_FALSE(here.set->add("a", 1, ""));
  auto long_name = here.set->add(std::string(255, 'x'), 1, "");
  REQUIRE_FALSE(long_name);
  CHECK(long_name.error().message.find("254") != std::string::npos);
}

TEST_CASE("host endpoints: two processes take turns") {
  const char* policy = GENERATE("round_robin", "weighted_round_robin");
  SegmentName name;
  Process here(name, policy, make_manual_clock(0));
  here.add(3);
  here.balancer->pick("");  // 0
  auto* shared = Shared::create();
  pid_t other = start([&] {
    Process there(name, policy, make_manual_clock(0));
    for (int64_t i = 0; i < 30; ++i) {
      shared->wait_for_count(2 * i);
      if (there.balancer->pick("") != (2 * i + 1) % 3) return 1;
      shared->count = 2 * i + 1;
    }
    return 0;
  });
  for (int64_t i = 0; i < 30; ++i) {
    while (shared->count.load() != 2 * i + 1) {
      if (waitpid(other, nullptr, WNOHANG) != 0) FAIL("the other picked another");
      sched_yield();
    }
    CHECK(here.balancer->pick("") == (2 * i + 2) % 3);
    shared->count = 2 * i + 2;
  }
  CHECK(wait_for(other) == 0);
}

TEST_CASE("host endpoints: eight processes count together, and back to zero") {
  constexpr int kServers = 4, kProcesses = 8, kRounds = 400, kHeld = 3;
  SegmentName name;
  Process here(name, "least_connections", make_manual_clock(0));
  here.add(kServers);
  auto* shared = Shared::create();
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(start([&] {
      Process there(name, "least_connections", make_manual_clock(0));
      int32_t endpoint;
      for (int round = 0; round < kRounds; ++round) {
        int64_t ticket = there.balancer->acquire("", &endpoint);
        if (there.balancer->release(ticket, round % 4 != 0, 1000) != Status::kOk) return 1;
      }
      int64_t held[kHeld];
      for (int64_t& ticket : held) ticket = there.balancer->acquire("", &endpoint);
      shared->count.fetch_add(1);
      shared->wait_for_count(2 * kProcesses);
      for (int64_t ticket : held) there.balancer->cancel(ticket);
      return 0;
    }));
  }
  shared->wait_for_count(kProcesses);
  CHECK(here.out(kServers) == kProcesses * kHeld);
  shared->count = 2 * kProcesses;
  for (pid_t child : children) CHECK(wait_for(child) == 0);
  int64_t calls = 0, failures = 0, records = 0;
  for (int32_t i = 0; i < kServers; ++i) {
    const Endpoint& endpoint = *here.set->observe(i);
    CHECK(endpoint.in_flight.load() == 0);
    calls += endpoint.counts.calls.load();
    failures += endpoint.counts.failures.load();
    for (int b = 0; b < Histogram::kBuckets; ++b) records += endpoint.counts.latency.count(b);
  }
  CHECK(calls == kProcesses * kRounds);
  CHECK(failures == kProcesses * kRounds / 4);
  CHECK(records == calls);
}

TEST_CASE("host endpoints: a child's tickets are its own") {
  SegmentName name;
  Process here(name, "least_connections", make_manual_clock(0));
  here.add(1);
  int32_t endpoint;
  const int64_t ticket = here.balancer->acquire("", &endpoint);
  CHECK(wait_for(start([&] {
          if (here.in_flight(0) != 1) return 1;
          const int64_t own = here.balancer->acquire("", &endpoint);
          if (own == ticket || here.in_flight(0) != 2) return 2;
          if (here.balancer->release(ticket, true, 0) != Status::kLapsed) return 3;
          if (here.in_flight(0) != 2) return 4;
          if (here.balancer->release(own, true, 0) != Status::kOk) return 5;
          here.balancer->acquire("", &endpoint);
          return here.in_flight(0) == 2 ? 0 : 6;  // and dies with it
        })) == 0);
  CHECK(here.in_flight(0) == 1);
  CHECK(here.balancer->release(ticket, true, 0) == Status::kOk);
  CHECK(here.in_flight(0) == 0);
}

}  // namespace og
