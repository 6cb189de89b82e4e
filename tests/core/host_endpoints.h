// SPDX-License-Identifier: Apache-2.0
// Processes that share a set of endpoints in a segment, for tests.
#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "core/balance/balancer.h"
#include "tests/core/host_processes.h"
#include "tests/shared_memory.h"

namespace og::test {

struct Process {
  Process(const SegmentName& name, const char* policy, ClockPtr clock, int64_t max_endpoints = 16) {
    Config set_config, config;
    set_config.set_int("max_endpoints", max_endpoints);
    config.set("policy", policy);
    config.set("ticket_ms", "0");
    config.set("seed", "1");
    auto made = EndpointSet::create(set_config, Place(attach(name.settings()), "servers"));
    if (!made) FAIL(made.error().message);
    set = std::move(*made);
    balancer = std::move(*Balancer::create(config, set, std::move(clock)));
  }
  void add(int servers) {
    for (int i = 0; i < servers; ++i) REQUIRE(set->add("server-" + std::to_string(i), 1, "zone"));
  }
  int64_t in_flight(int32_t index) { return set->observe(index)->in_flight.load(); }
  int64_t out(int servers) {
    int64_t sum = 0;
    for (int32_t i = 0; i < servers; ++i) sum += in_flight(i);
    return sum;
  }
  std::shared_ptr<EndpointSet> set;
  std::unique_ptr<Balancer> balancer;
};

// A word between a test and its processes, without a segment; and a turn that they pass to each
// other.
struct Shared {
  std::atomic<int64_t> count{0};
  std::atomic<bool> stop{false};
  static Shared* create() { return make_shared_memory<Shared>(); }
  void wait_for_count(int64_t wanted) const {
    while (count.load() != wanted) sched_yield();
  }
};

// The set's memory, whatever is in it.
inline std::pair<char*, size_t> memory_of(const SegmentName& name) {
  auto segment = attach(name.settings());
  for (const auto& object : segment->objects()) {
    if (object.kind != static_cast<uint32_t>(CellKind::kEndpoints)) continue;
    Config config;
    config.set_int("max_endpoints", 16);
    auto found = test::object_of(segment, object);
    if (!found) FAIL(found.error().message);
    return {static_cast<char*>(found->memory), static_cast<size_t>(object.bytes)};
  }
  FAIL("no set");
  return {};
}

}  // namespace og::test
