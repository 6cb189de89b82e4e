// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include <cstdlib>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

constexpr const char* kLongKey = "a key that is too long to lie within a string of its own";
constexpr int64_t kLongKeySize = 56;

og_service* create(bool whole, const char* cache) {
  og_config* config = nullptr;
  og_clock* clock = nullptr;
  og_service* service = nullptr;
  og_error* error = nullptr;
  held(whole, og_clock_create_manual(0, &clock, &error));
  og_error_destroy(&error);
  held(whole, og_config_create(&config, &error));
  og_error_destroy(&error);
  const char* const options[][2] = {{"servers", "a=2, b"},
                                    {"limiter.rate", "1000000/s"},
                                    {"breaker.failure_threshold", "1000"},
                                    {"replicas.replicas", "2"},
                                    {"max_in_flight", "8"},
                                    {"cache.capacity_bytes", cache}};
  bool set = config != nullptr;  // else it would lack a layer
  for (auto [name, value] : options) {
    if (set && value) {
      og_status status = og_config_set(config, name, value);
      set = held(whole, status) && status == OG_OK;
    }
  }
  if (set) held(whole, og_service_create(config, clock, &service, &error));
  og_error_destroy(&error);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return service;
}

// Without memory for the lease or the key the request is given back whole.
int64_t begin(bool whole, og_service* service, int32_t operation) {
  og_value* value = nullptr;
  int64_t ticket =
      og_service_begin(service, operation, "c", 1, kLongKey, kLongKeySize, &value, nullptr);
  og_value_destroy(&value);
  if (ticket < 0) {
    held(whole, static_cast<og_status>(ticket));
    if (og_service_stat(service, OG_SERVICE_IN_FLIGHT) != 0) std::abort();
  }
  return ticket;
}

void use(bool whole, og_service* service) {
  og_endpoints* endpoints = nullptr;
  og_cache* cache = nullptr;
  og_error* error = nullptr;
  int64_t ticket = begin(whole, service, OG_SERVICE_READ);
  if (ticket > 0) held(whole, og_service_end(service, ticket, 1, -1, "value", 5, 0));
  ticket = begin(whole, service, OG_SERVICE_WRITE);
  if (ticket > 0)
    held(true, og_service_end(service, ticket, 1, -1, nullptr, OG_SERVICE_KEEP_NOTHING, 0));
  if (held(whole, og_service_endpoints(service, &endpoints, &error)) && endpoints) {
    int32_t index = og_endpoints_add(endpoints, "c", 1, "", nullptr);
    held(whole, index < 0 ? index : OG_OK);
    // The newcomer is picked only if it has its breaker.
    for (int i = 0; i < 4; ++i) {
      int64_t call =
          og_service_begin(service, OG_SERVICE_READ, nullptr, 0, nullptr, 0, nullptr, nullptr);
      if (call <= 0) std::abort();
      held(true, og_service_cancel(service, call));
    }
  }
  og_error_destroy(&error);
  held(whole, og_service_cache(service, &cache, &error));
  og_error_destroy(&error);
  og_cache_destroy(&cache);
  og_endpoints_destroy(&endpoints);
  if (og_service_stat(service, OG_SERVICE_IN_FLIGHT) != 0) std::abort();
}

void run(bool whole) {
  og_service* service = create(whole, "1MiB");
  if (service) use(whole, service);
  og_service_destroy(&service);
}

// Everything but the cache's own miss and fill: calls where there is no cache, and hits.
std::function<void()> hot() {
  static og_service* plain = create(true, nullptr);
  static og_service* cached = create(true, "1MiB");
  int64_t ticket = og_service_begin(cached, OG_SERVICE_READ, "c", 1, "k", 1, nullptr, nullptr);
  if (ticket > 0) og_service_end(cached, ticket, 1, -1, "v", 1, 0);
  return [] {
    for (int32_t operation : {OG_SERVICE_READ, OG_SERVICE_WRITE}) {
      int64_t call =
          og_service_begin(plain, operation, "c", 1, kLongKey, kLongKeySize, nullptr, nullptr);
      og_service_server(plain, call);
      og_service_end(plain, call, 1, -1, nullptr, OG_SERVICE_KEEP_NOTHING, 0);
    }
    og_service_cancel(
        plain, og_service_begin(plain, OG_SERVICE_READ, "c", 1, nullptr, 0, nullptr, nullptr));
    og_value* value = nullptr;
    if (og_service_begin(cached, OG_SERVICE_READ, "c", 1, "k", 1, &value, nullptr) != OG_OK) {
      std::abort();
    }
    og_value_destroy(&value);
  };
}

const allocation::Register kService({"service", run, hot});

}  // namespace
