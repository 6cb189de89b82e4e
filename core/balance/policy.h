// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/balance/draft.h"
#include "core/balance/endpoints.h"
#include "core/balance/plan.h"
#include "core/base/options.h"

namespace og {

// How a call ended at an endpoint.
struct PickEnd {
  enum class Outcome { kSuccess, kFailure };
  int32_t endpoint;
  Outcome outcome;
  int64_t latency_ns;
  int64_t now;
};

// How a balancer picks: one of these a balancer at a time, until its options change. It draws a
// plan up from each change of the set, and a plan picks. What has to last longer than a plan (whose
// turn it is, what was learnt of an endpoint) is kept here, or in the memory that the set has for
// the policy.
class PickPolicy {
 public:
  virtual ~PickPolicy() = default;
  // May throw std::bad_alloc. What it gives may never be used: another change may come before.
  virtual std::unique_ptr<const Plan> plan(Draft& draft) = 0;
  // The index is another server's from now on, or has not been anybody's.
  virtual void joins(int32_t /*endpoint*/) noexcept {}
  // A call that acquire() counted has come back; perhaps one that an earlier policy picked. From
  // every thread, while the call is still in flight at the endpoint. Only for policies that ask for
  // it: see PickPolicyRow.
  virtual void done(const PickEnd&) noexcept {}
};

// Where a balancer's turns begin, the same for all over a set in a segment, and what it draws lots
// from.
struct Chance {
  uint64_t start;
  uint64_t seed;
};

// What a policy is made from.
struct PickPolicySetup {
  const Options& options;  // the balancer's, the policy's own among them
  EndpointSet& endpoints;
  Chance chance;
};

// What a policy's file tells of it: a row of kPickPolicies (policies.h).
struct PickPolicyRow {
  const char* word;
  std::span<const OptionSpec> options{};  // its own, beside the balancer's
  bool reads_in_flight = false;           // what has lapsed is taken off the counts before it picks
  bool reads_time = false;                // its picks need PickContext::now: pick() reads the clock
  bool hears_ends = false;                // done() is called
  bool keeps_keys = false;                // a key has an endpoint of its own
  Result<std::unique_ptr<PickPolicy>> (*make)(const PickPolicySetup&);
};

}  // namespace og
