// SPDX-License-Identifier: Apache-2.0
#include "outgrow/endpoints.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "core/balance/endpoints.h"

using namespace og::capi;

namespace {

constexpr int64_t kInvalid = OG_INVALID_ARGUMENT;

// For calls that also have og_error **: a NULL handle with its message.
template <class Handle>
og::Result<void> given(const Handle* handle) {
  if (handle) return {};
  return og::fail(og::Status::kNullHandle, "endpoints is NULL");
}

// A scalar of the endpoint at an index.
template <class F>
int64_t of_endpoint(const og_endpoints* endpoints, int32_t index, F&& f) noexcept {
  return call<int64_t>(endpoints, [&](const og_endpoints& e) -> int64_t {
    const og::Endpoint* endpoint = e.set->observe(index);
    return endpoint ? f(*endpoint) : kInvalid;
  });
}

og_status text_of(og::Result<std::string> (og::EndpointSet::*field)(int32_t),
                  const og_endpoints* endpoints, int32_t index, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (auto ok = given(endpoints); !ok) return tl::unexpected(ok.error());
    auto text = (endpoints->set.get()->*field)(index);
    if (!text) return tl::unexpected(text.error());
    return og_text{std::move(*text)};
  });
}

using Putting = og::Result<int32_t> (og::EndpointSet::*)(std::string_view, int64_t,
                                                         std::string_view);

int32_t put(Putting how, og_endpoints* endpoints, const char* name, int64_t weight,
            const char* zone, og_error** error) {
  int32_t index = 0;
  og_status status = guard(error, [&]() -> og::Result<void> {
    if (auto ok = given(endpoints); !ok) return ok;
    if (!name) return og::fail(og::Status::kInvalidArgument, "name is NULL");
    auto added = (endpoints->set.get()->*how)(name, weight, zone ? zone : "");
    if (!added) return tl::unexpected(added.error());
    index = *added;
    return {};
  });
  return status == OG_OK ? index : status;
}

}  // namespace

og_status og_endpoints_create(const og_config* config, og_endpoints** out, og_error** error) {
  return og_endpoints_create_in(nullptr, nullptr, config, out, error);
}

og_status og_endpoints_create_in(const og_scope* scope, const char* name, const og_config* config,
                                 og_endpoints** out, og_error** error) {
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) {
    return og::EndpointSet::create(config_or_empty(config), place);
  });
}

void og_endpoints_destroy(og_endpoints** endpoints) { destroy(endpoints); }

int32_t og_endpoints_add(og_endpoints* endpoints, const char* name, int64_t weight,
                         const char* zone, og_error** error) {
  return put(&og::EndpointSet::add, endpoints, name, weight, zone, error);
}

int32_t og_endpoints_put(og_endpoints* endpoints, const char* name, int64_t weight,
                         const char* zone, og_error** error) {
  return put(&og::EndpointSet::put, endpoints, name, weight, zone, error);
}

int32_t og_endpoints_ensure(og_endpoints* endpoints, const char* name, int64_t weight,
                            const char* zone, og_error** error) {
  return put(&og::EndpointSet::ensure, endpoints, name, weight, zone, error);
}

og_status og_endpoints_remove(og_endpoints* endpoints, int32_t index, og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (auto ok = given(endpoints); !ok) return ok;
    return endpoints->set->remove(index);
  });
}

og_status og_endpoints_set_weight(og_endpoints* endpoints, int32_t index, int64_t weight,
                                  og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (auto ok = given(endpoints); !ok) return ok;
    return endpoints->set->set_weight(index, weight);
  });
}

og_status og_endpoints_set_healthy(og_endpoints* endpoints, int32_t index, int32_t healthy,
                                   og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (auto ok = given(endpoints); !ok) return ok;
    return endpoints->set->set_healthy(index, healthy != 0);
  });
}

int32_t og_endpoints_find(const og_endpoints* endpoints, const char* name) {
  return call<int32_t>(endpoints, [&](const og_endpoints& e) -> int32_t {
    return name ? e.set->find(name) : OG_INVALID_ARGUMENT;
  });
}

int64_t og_endpoints_count(const og_endpoints* endpoints) {
  return call<int64_t>(endpoints, [](const og_endpoints& e) { return e.set->count(); });
}

og_status og_endpoints_name(const og_endpoints* endpoints, int32_t index, og_text** out,
                            og_error** error) {
  return text_of(&og::EndpointSet::name, endpoints, index, out, error);
}

og_status og_endpoints_zone(const og_endpoints* endpoints, int32_t index, og_text** out,
                            og_error** error) {
  return text_of(&og::EndpointSet::zone, endpoints, index, out, error);
}

int64_t og_endpoints_weight(const og_endpoints* endpoints, int32_t index) {
  return call<int64_t>(endpoints, [&](const og_endpoints& e) -> int64_t {
    return e.set->weight(index).value_or(OG_INVALID_ARGUMENT);
  });
}

int32_t og_endpoints_healthy(const og_endpoints* endpoints, int32_t index) {
  return call<int32_t>(endpoints, [&](const og_endpoints& e) { return e.set->healthy(index); });
}

int64_t og_endpoints_in_flight(const og_endpoints* endpoints, int32_t index) {
  return of_endpoint(endpoints, index, [](const og::Endpoint& e) { return e.in_flight.load(); });
}

int64_t og_endpoints_calls(const og_endpoints* endpoints, int32_t index) {
  return of_endpoint(endpoints, index, [](const og::Endpoint& e) { return e.counts.calls.load(); });
}

int64_t og_endpoints_failures(const og_endpoints* endpoints, int32_t index) {
  return of_endpoint(endpoints, index,
                     [](const og::Endpoint& e) { return e.counts.failures.load(); });
}

int64_t og_endpoints_latency(const og_endpoints* endpoints, int32_t index, double share) {
  return of_endpoint(endpoints, index, [&](const og::Endpoint& e) -> int64_t {
    return share >= 0 && share <= 1 ? e.counts.latency.quantile(share) : kInvalid;
  });
}

og_status og_metrics_add_endpoints(og_metrics* metrics, const char* name,
                                   const og_endpoints* endpoints, og_error** error) {
  return add_metrics(metrics, "set of endpoints", name, endpoints, error);
}
