// SPDX-License-Identifier: Apache-2.0
#include "outgrow/balancer.h"

#include <algorithm>
#include <array>

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "capi/src/reconfigure.h"
#include "core/balance/balancer.h"

using namespace og::capi;

og_status og_balancer_create(const og_config* config, const og_endpoints* endpoints,
                             const og_clock* clock, og_balancer** out, og_error** error) {
  return og_balancer_create_in(nullptr, nullptr, config, endpoints, clock, out, error);
}

og_status og_balancer_create_in(const og_scope* scope, const char* name, const og_config* config,
                                const og_endpoints* endpoints, const og_clock* clock,
                                og_balancer** out, og_error** error) {
  using Made = og::Result<std::unique_ptr<og::Balancer>>;
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) -> Made {
    if (!endpoints) return og::fail(og::Status::kNullHandle, "endpoints is NULL");
    return og::Balancer::create(config_or_empty(config), endpoints->set, clock_or_system(clock),
                                place);
  });
}

void og_balancer_destroy(og_balancer** balancer) { destroy(balancer); }

int32_t og_balancer_pick(og_balancer* balancer, const void* key, int64_t key_len) {
  return call<int32_t>(balancer, [&](og_balancer& b) -> int32_t {
    return valid(key, key_len) ? b.balancer->pick(bytes(key, key_len)) : OG_INVALID_ARGUMENT;
  });
}

int32_t og_balancer_pick_at(og_balancer* balancer, const void* key, int64_t key_len,
                            int64_t now_ns) {
  return call_at<int32_t>(balancer, now_ns, [&](og_balancer& b) -> int32_t {
    return valid(key, key_len) ? b.balancer->pick_at(bytes(key, key_len), now_ns)
                               : OG_INVALID_ARGUMENT;
  });
}

og_status og_balancer_pick_many(og_balancer* balancer, const void* const* keys,
                                const int64_t* key_lens, int64_t count, int32_t* out) {
  return call<og_status>(balancer, [&](og_balancer& b) {
    if (count < 0 || (!out && count > 0) || !keys != !key_lens) return OG_INVALID_ARGUMENT;
    for (int64_t i = 0; keys && i < count; ++i) {
      if (!valid(keys[i], key_lens[i])) return OG_INVALID_ARGUMENT;
    }
    std::array<std::string_view, 64> batch;
    for (int64_t done = 0; done < count;) {
      auto size = static_cast<size_t>(std::min<int64_t>(count - done, 64));
      for (size_t i = 0; keys && i < size; ++i) {
        auto at = done + static_cast<int64_t>(i);
        batch[i] = bytes(keys[at], key_lens[at]);
      }
      b.balancer->pick_many({batch.data(), size}, out + done);
      done += static_cast<int64_t>(size);
    }
    return OG_OK;
  });
}

int64_t og_balancer_acquire(og_balancer* balancer, const void* key, int64_t key_len,
                            int32_t* endpoint) {
  return call<int64_t>(balancer, [&](og_balancer& b) -> int64_t {
    if (!endpoint || !valid(key, key_len)) return OG_INVALID_ARGUMENT;
    return b.balancer->acquire(bytes(key, key_len), endpoint);
  });
}

int64_t og_balancer_acquire_at(og_balancer* balancer, const void* key, int64_t key_len,
                               int64_t now_ns, int32_t* endpoint) {
  return call_at<int64_t>(balancer, now_ns, [&](og_balancer& b) -> int64_t {
    if (!endpoint || !valid(key, key_len)) return OG_INVALID_ARGUMENT;
    return b.balancer->acquire_at(bytes(key, key_len), now_ns, endpoint);
  });
}

og_status og_balancer_release(og_balancer* balancer, int64_t ticket, int32_t success,
                              int64_t latency_ns) {
  return call<og_status>(balancer, [&](og_balancer& b) {
    if (!valid_or_unset(latency_ns)) return og::Status::kInvalidArgument;
    return b.balancer->release(ticket, success != 0, latency_ns);
  });
}

og_status og_balancer_release_at(og_balancer* balancer, int64_t ticket, int32_t success,
                                 int64_t latency_ns, int64_t now_ns) {
  return call_at<og_status>(balancer, now_ns, [&](og_balancer& b) {
    if (!valid_or_unset(latency_ns)) return og::Status::kInvalidArgument;
    return b.balancer->release_at(ticket, success != 0, latency_ns, now_ns);
  });
}

og_status og_balancer_cancel(og_balancer* balancer, int64_t ticket) {
  return call<og_status>(balancer, [&](og_balancer& b) { return b.balancer->cancel(ticket); });
}

og_status og_balancer_cancel_at(og_balancer* balancer, int64_t ticket, int64_t now_ns) {
  return call_at<og_status>(balancer, now_ns,
                            [&](og_balancer& b) { return b.balancer->cancel_at(ticket, now_ns); });
}

og_status og_balancer_reconfigure(og_balancer* balancer, const og_config* config,
                                  og_error** error) {
  return reconfigure(balancer, config, error);
}

int64_t og_balancer_picks(const og_balancer* balancer, int32_t endpoint) {
  return call<int64_t>(balancer, [&](const og_balancer& b) { return b.balancer->picks(endpoint); });
}

og_status og_metrics_add_balancer(og_metrics* metrics, const char* name,
                                  const og_balancer* balancer, og_error** error) {
  return add_metrics(metrics, "balancer", name, balancer, error);
}
