// SPDX-License-Identifier: Apache-2.0
#include "core/service/service.h"

namespace og {
namespace {

struct Row {
  ServiceCount count;
  const char* layer;
  const char* outcome;
};
constexpr Row kRequests[] = {
    {ServiceCount::kDenied, "limiter", "denied"},   {ServiceCount::kNoServer, "balancer", "none"},
    {ServiceCount::kRefused, "breaker", "refused"}, {ServiceCount::kHits, "cache", "hit"},
    {ServiceCount::kAbsences, "cache", "absent"},   {ServiceCount::kStale, "cache", "stale"},
    {ServiceCount::kWaits, "cache", "wait"},        {ServiceCount::kNoNode, "replicas", "none"},
    {ServiceCount::kFull, "service", "full"},       {ServiceCount::kBegun, "service", "begun"},
};
constexpr Row kCalls[] = {
    {ServiceCount::kSuccesses, "", "success"},
    {ServiceCount::kFailures, "", "failure"},
    {ServiceCount::kCancelled, "", "cancelled"},
    {ServiceCount::kExpired, "", "expired"},
};

}  // namespace

int64_t Service::in_flight() const noexcept {
  int64_t ended = 0;  // first: a call ends after it began
  for (const Row& row : kCalls) ended += count(row.count);
  return count(ServiceCount::kBegun) - ended - forgotten_;
}

void Service::collect(MetricSink& sink) const {
  for (const Row& row : kRequests) {
    sink.counter("outgrow_service_requests_total",
                 "Requests by the layer that decided them and how.",
                 {{"layer", row.layer}, {"outcome", row.outcome}}, count(row.count));
  }
  for (const Row& row : kCalls) {
    sink.counter("outgrow_service_calls_total", "Calls by how they ended.",
                 {{"outcome", row.outcome}}, count(row.count));
  }
  sink.counter("outgrow_service_lapsed_total",
               "Calls ended a second time, or after their deadline.", {},
               count(ServiceCount::kLapsed));
  sink.counter("outgrow_service_rerouted_total",
               "Requests that went to another server than picked, its breaker being open.", {},
               count(ServiceCount::kRerouted));
  constexpr const char* kFills = "outgrow_service_fills_total";
  constexpr const char* kFillsHelp = "Values and absences that calls brought for the cache.";
  sink.counter(kFills, kFillsHelp, {{"outcome", "stored"}}, count(ServiceCount::kFills));
  sink.counter(kFills, kFillsHelp, {{"outcome", "refused"}}, count(ServiceCount::kFillsRefused));
  sink.counter("outgrow_service_invalidations_total", "Keys removed from the cache for a write.",
               {}, count(ServiceCount::kInvalidations));
  sink.gauge("outgrow_service_in_flight", "Calls begun and not ended.", {},
             static_cast<double>(in_flight()));
  layers_.each([&](const ServiceLayer& layer) { layer.collect(sink); });
}

}  // namespace og
