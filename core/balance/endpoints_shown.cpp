// SPDX-License-Identifier: Apache-2.0
// A set as it is looked at: by name, by index, in metrics.
#include "core/balance/endpoints.h"

namespace og {

int32_t EndpointSet::find(std::string_view name) {
  follow_others();
  ForkLock lock(mutex_);
  const Known* found = member(name);
  return found ? found->endpoint->index : static_cast<int32_t>(Status::kNone);
}

int64_t EndpointSet::count() {
  follow_others();
  ForkLock lock(mutex_);
  return static_cast<int64_t>(count_);
}

// A removed endpoint keeps its name until its index is given away.
Result<std::string> EndpointSet::name(int32_t index) {
  follow_others();
  ForkLock lock(mutex_);
  Endpoint* endpoint = at(index);
  if (!endpoint) return no_such(index);
  return endpoint->name;
}

Result<std::string> EndpointSet::zone(int32_t index) {
  follow_others();
  ForkLock lock(mutex_);
  Endpoint* endpoint = at(index);
  if (!endpoint) return no_such(index);
  return endpoint->zone;
}

Result<int64_t> EndpointSet::weight(int32_t index) {
  follow_others();
  ForkLock lock(mutex_);
  const Known* found = member(index);
  if (!found) return no_such(index);
  return found->weight;
}

int32_t EndpointSet::healthy(int32_t index) noexcept {
  follow_others();
  ForkLock lock(mutex_);
  const Known* found = member(index);
  if (!found) return static_cast<int32_t>(Status::kInvalidArgument);
  return found->endpoint->healthy.load(std::memory_order_relaxed);
}

void EndpointSet::collect(MetricSink& sink) {
  MetricSink::Shared shared(sink, has_others());
  follow_others();
  ForkLock lock(mutex_);
  records_->reclaim();
  for (const Known& known : known_) {
    if (!known.in_set) continue;
    const Endpoint& p = *known.endpoint;
    int64_t calls = p.counts.calls.load(std::memory_order_relaxed);
    int64_t failures = p.counts.failures.load(std::memory_order_relaxed);
    sink.level("outgrow_endpoint_healthy", "1 when the endpoint may be picked.",
               {{"endpoint", p.name}, {"zone", p.zone}},
               p.healthy.load(std::memory_order_relaxed) ? 1 : 0);
    sink.gauge("outgrow_endpoint_in_flight", "Calls out at the endpoint.", {{"endpoint", p.name}},
               static_cast<double>(p.in_flight.load()));
    sink.counter("outgrow_endpoint_calls_total", "Calls returned, by how they ended.",
                 {{"endpoint", p.name}, {"outcome", "success"}}, calls - failures);
    sink.counter("outgrow_endpoint_calls_total", "Calls returned, by how they ended.",
                 {{"endpoint", p.name}, {"outcome", "failure"}}, failures);
    sink.histogram("outgrow_endpoint_latency_seconds", "How long calls took.",
                   {{"endpoint", p.name}}, p.counts.latency);
  }
}

}  // namespace og
