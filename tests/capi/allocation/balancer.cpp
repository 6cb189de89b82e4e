// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include <cstdlib>
#include <iterator>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

const char* const kPolicies[] = {"round_robin", "weighted_round_robin", "least_connections",
                                 "consistent_hash"};

og_endpoints* two(bool whole) {
  og_endpoints* endpoints = nullptr;
  og_error* error = nullptr;
  held(whole, og_endpoints_create(nullptr, &endpoints, &error));
  og_error_destroy(&error);
  for (const char* name : {"a server of a long name, 10.0.0.1:8080", "b"}) {
    if (!endpoints) break;
    int32_t index = og_endpoints_add(endpoints, name, 3, nullptr, &error);
    held(whole, index < 0 ? index : OG_OK);
    og_error_destroy(&error);
  }
  return endpoints;
}

og_balancer* make(bool whole, const og_endpoints* endpoints, const char* policy) {
  og_config* config = nullptr;
  og_balancer* balancer = nullptr;
  og_error* error = nullptr;
  og_status set = og_config_create(&config, nullptr);
  if (set == OG_OK) set = og_config_set(config, "policy", policy);
  held(whole, set);
  if (set == OG_OK) held(whole, og_balancer_create(config, endpoints, nullptr, &balancer, &error));
  og_error_destroy(&error);
  og_config_destroy(&config);
  return balancer;
}

void run(bool whole) {
  og_endpoints* endpoints = two(whole);
  if (!endpoints) return;
  for (const char* policy : kPolicies) {
    og_balancer* balancer = make(whole, endpoints, policy);
    og_error* error = nullptr;
    int32_t endpoint = 0;
    if (balancer) {
      // A change that failed has not happened, and the balancer serves on.
      int64_t before = og_endpoints_count(endpoints);
      int32_t index = og_endpoints_add(endpoints, policy, 2, "zone", &error);
      held(whole, index < 0 ? index : OG_OK);
      og_error_destroy(&error);
      if (og_endpoints_count(endpoints) != before + (index >= 0)) std::abort();
      if (before > 0 && og_balancer_pick(balancer, "k", 1) < 0) std::abort();
      int64_t ticket = og_balancer_acquire(balancer, "k", 1, &endpoint);
      if (ticket > 0) og_balancer_release(balancer, ticket, 1, 0);
    }
    og_balancer_destroy(&balancer);
  }
  og_endpoints_destroy(&endpoints);
}

std::function<void()> hot() {
  static og_endpoints* endpoints = two(true);
  static og_balancer* balancers[std::size(kPolicies)];
  for (size_t i = 0; i < std::size(kPolicies); ++i) {
    if (!balancers[i]) balancers[i] = make(true, endpoints, kPolicies[i]);
  }
  return [] {
    const void* keys[] = {"a", "b"};
    const int64_t lens[] = {1, 1};
    int32_t out[2];
    for (og_balancer* balancer : balancers) {
      og_balancer_pick(balancer, "key", 3);
      og_balancer_pick_many(balancer, keys, lens, 2, out);
      og_balancer_release(balancer, og_balancer_acquire(balancer, "key", 3, out), 1, -1);
      og_balancer_cancel(balancer, og_balancer_acquire(balancer, "key", 3, out));
      og_endpoints_in_flight(endpoints, 0);
    }
  };
}

const allocation::Register kBalancer({"balancer", run, hot});

}  // namespace
