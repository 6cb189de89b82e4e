// SPDX-License-Identifier: Apache-2.0
#include "outgrow/service.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/value.h"
#include "core/service/service.h"

using namespace og::capi;

namespace {

using og::ServiceCount;
using Keep = og::ServiceEnding::Keep;

int64_t begin(og_service* service, int32_t operation, const void* client, int64_t client_len,
              const void* key, int64_t key_len, og_value** value, int64_t* wait_ns,
              const int64_t* now) {
  if (value) *value = nullptr;
  if (wait_ns) *wait_ns = 0;
  return call_at<int64_t>(service, now ? *now : 0, [&](og_service& s) -> int64_t {
    if (!valid(client, client_len) || !valid(key, key_len)) return OG_INVALID_ARGUMENT;
    if (operation != OG_SERVICE_READ && operation != OG_SERVICE_WRITE) return OG_INVALID_ARGUMENT;
    og::ServiceRequest request{bytes(client, client_len), bytes(key, key_len),
                               operation == OG_SERVICE_WRITE};
    og::ServiceAnswer answer = now ? s.service->begin_at(request, *now) : s.service->begin(request);
    if (value) *value = hand_out(std::move(answer.value));
    if (wait_ns) *wait_ns = answer.wait_ns;
    return answer.result;
  });
}

og_status end(og_service* service, int64_t ticket, int32_t success, int64_t latency_ns,
              const void* value, int64_t value_len, int64_t ttl_ns, const int64_t* now) {
  return call_at<og_status>(service, now ? *now : 0, [&](og_service& s) -> og_status {
    if (!valid_or_unset(latency_ns) || !valid_or_unset(ttl_ns)) return OG_INVALID_ARGUMENT;
    og::ServiceEnding ending{.success = success != 0, .latency_ns = latency_ns, .ttl_ns = ttl_ns};
    if (value_len == OG_SERVICE_KEEP_ABSENCE) {
      ending.keep = Keep::kAbsence;
    } else if (value_len != OG_SERVICE_KEEP_NOTHING) {
      if (!valid(value, value_len)) return OG_INVALID_ARGUMENT;
      ending.keep = Keep::kValue;
      ending.value = bytes(value, value_len);
    }
    return code(now ? s.service->end_at(ticket, ending, *now) : s.service->end(ticket, ending));
  });
}

// A handle of its own to what `layer`, a shared pointer, points to.
template <class Handle, class F>
og_status hand_out_layer(const og_service* service, const char* missing, Handle** out,
                         og_error** error, F&& layer) {
  return guard_create(out, error, [&]() -> og::Result<Handle> {
    if (!service) return og::fail(og::Status::kNullHandle, "service is NULL");
    auto found = layer(*service->service);
    if (!found) return og::fail(og::Status::kNone, missing);
    return Handle{std::move(found)};
  });
}

}  // namespace

og_status og_service_create(const og_config* config, const og_clock* clock, og_service** out,
                            og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_service> {
    auto service = og::Service::create(config_or_empty(config), clock_or_system(clock));
    if (!service) return tl::unexpected(service.error());
    return og_service{std::move(*service)};
  });
}

void og_service_destroy(og_service** service) { destroy(service); }

int64_t og_service_begin(og_service* service, int32_t operation, const void* client,
                         int64_t client_len, const void* key, int64_t key_len, og_value** value,
                         int64_t* wait_ns) {
  return begin(service, operation, client, client_len, key, key_len, value, wait_ns, nullptr);
}

int64_t og_service_begin_at(og_service* service, int32_t operation, const void* client,
                            int64_t client_len, const void* key, int64_t key_len, int64_t now_ns,
                            og_value** value, int64_t* wait_ns) {
  return begin(service, operation, client, client_len, key, key_len, value, wait_ns, &now_ns);
}

int32_t og_service_server(const og_service* service, int64_t ticket) {
  return call<int32_t>(service, [&](const og_service& s) { return s.service->server(ticket); });
}

int32_t og_service_node(const og_service* service, int64_t ticket) {
  return call<int32_t>(service, [&](const og_service& s) { return s.service->node(ticket); });
}

og_status og_service_end(og_service* service, int64_t ticket, int32_t success, int64_t latency_ns,
                         const void* value, int64_t value_len, int64_t ttl_ns) {
  return end(service, ticket, success, latency_ns, value, value_len, ttl_ns, nullptr);
}

og_status og_service_end_at(og_service* service, int64_t ticket, int32_t success,
                            int64_t latency_ns, const void* value, int64_t value_len,
                            int64_t ttl_ns, int64_t now_ns) {
  return end(service, ticket, success, latency_ns, value, value_len, ttl_ns, &now_ns);
}

og_status og_service_cancel(og_service* service, int64_t ticket) {
  return call<og_status>(service, [&](og_service& s) { return s.service->cancel(ticket); });
}

og_status og_service_cancel_at(og_service* service, int64_t ticket, int64_t now_ns) {
  return call_at<og_status>(service, now_ns,
                            [&](og_service& s) { return s.service->cancel_at(ticket, now_ns); });
}

og_status og_service_limiter(const og_service* service, og_limiter** out, og_error** error) {
  return hand_out_layer(service, "the service has no limiter: no limiter.* option was given", out,
                        error, [](const og::Service& s) { return s.limiter(); });
}

og_status og_service_endpoints(const og_service* service, og_endpoints** out, og_error** error) {
  return hand_out_layer(service, "the service has no endpoints: neither servers nor balancer.*",
                        out, error, [](const og::Service& s) { return s.endpoints(); });
}

og_status og_service_balancer(const og_service* service, og_balancer** out, og_error** error) {
  return hand_out_layer(service, "the service has no balancer: neither servers nor balancer.*", out,
                        error, [](const og::Service& s) { return s.balancer(); });
}

og_status og_service_cache(const og_service* service, og_cache** out, og_error** error) {
  return hand_out_layer(service, "the service has no cache: no cache.* option was given", out,
                        error, [](const og::Service& s) { return s.cache(); });
}

og_status og_service_replicas(const og_service* service, og_replicas** out, og_error** error) {
  return hand_out_layer(service, "the service has no replicas: no replicas.* option was given", out,
                        error, [](const og::Service& s) { return s.replicas(); });
}

og_status og_service_breaker(const og_service* service, int32_t server, og_breaker** out,
                             og_error** error) {
  return hand_out_layer(service, "no breaker there: no breaker.* option, or no such server", out,
                        error, [&](const og::Service& s) { return s.breaker(server); });
}

int64_t og_service_stat(const og_service* service, int32_t which) {
  return call<int64_t>(service, [&](const og_service& s) -> int64_t {
    static constexpr struct {
      int32_t which;
      ServiceCount count;
    } kCounts[] = {
        {OG_SERVICE_DENIED, ServiceCount::kDenied},
        {OG_SERVICE_NO_SERVER, ServiceCount::kNoServer},
        {OG_SERVICE_REFUSED, ServiceCount::kRefused},
        {OG_SERVICE_HITS, ServiceCount::kHits},
        {OG_SERVICE_ABSENCES, ServiceCount::kAbsences},
        {OG_SERVICE_STALE, ServiceCount::kStale},
        {OG_SERVICE_WAITS, ServiceCount::kWaits},
        {OG_SERVICE_NO_NODE, ServiceCount::kNoNode},
        {OG_SERVICE_FULL, ServiceCount::kFull},
        {OG_SERVICE_BEGUN, ServiceCount::kBegun},
        {OG_SERVICE_SUCCESSES, ServiceCount::kSuccesses},
        {OG_SERVICE_FAILURES, ServiceCount::kFailures},
        {OG_SERVICE_CANCELLED, ServiceCount::kCancelled},
        {OG_SERVICE_EXPIRED, ServiceCount::kExpired},
        {OG_SERVICE_LAPSED, ServiceCount::kLapsed},
        {OG_SERVICE_REROUTED, ServiceCount::kRerouted},
        {OG_SERVICE_FILLS, ServiceCount::kFills},
        {OG_SERVICE_FILLS_REFUSED, ServiceCount::kFillsRefused},
        {OG_SERVICE_INVALIDATIONS, ServiceCount::kInvalidations},
    };
    if (which == OG_SERVICE_IN_FLIGHT) return s.service->in_flight();
    for (const auto& row : kCounts) {
      if (row.which == which) return s.service->count(row.count);
    }
    return OG_INVALID_ARGUMENT;
  });
}

og_status og_metrics_add_service(og_metrics* metrics, const char* name, const og_service* service,
                                 og_error** error) {
  return add_metrics(metrics, "service", name, service, error);
}
