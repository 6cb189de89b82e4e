// SPDX-License-Identifier: Apache-2.0
#include "outgrow/replicas.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "core/data/replicas.h"

using namespace og::capi;

og_status og_replicas_create(const og_config* config, const og_clock* clock, og_replicas** out,
                             og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_replicas> {
    auto router = og::ReplicaRouter::create(config_or_empty(config), clock_or_system(clock));
    if (!router) return tl::unexpected(router.error());
    return og_replicas{std::move(*router)};
  });
}

void og_replicas_destroy(og_replicas** replicas) { destroy(replicas); }

int32_t og_replicas_write(og_replicas* replicas) {
  return call<int32_t>(replicas, [](og_replicas& r) { return r.router->write(); });
}

int32_t og_replicas_read(og_replicas* replicas) {
  return call<int32_t>(replicas, [](og_replicas& r) { return r.router->read(); });
}

int32_t og_replicas_read_at(og_replicas* replicas, int64_t now_ns) {
  return call_at<int32_t>(replicas, now_ns,
                          [&](og_replicas& r) { return r.router->read_at(now_ns); });
}

og_status og_replicas_read_many(og_replicas* replicas, int64_t count, int32_t* out) {
  return call<og_status>(replicas, [&](og_replicas& r) {
    if (count < 0 || (!out && count > 0)) return OG_INVALID_ARGUMENT;
    r.router->read_many({out, static_cast<size_t>(count)});
    return OG_OK;
  });
}

int64_t og_replicas_acquire(og_replicas* replicas, int32_t write, int32_t* node) {
  return call<int64_t>(replicas, [&](og_replicas& r) -> int64_t {
    return node ? r.router->acquire(write != 0, node) : int64_t{OG_INVALID_ARGUMENT};
  });
}

int64_t og_replicas_acquire_at(og_replicas* replicas, int32_t write, int64_t now_ns,
                               int32_t* node) {
  return call_at<int64_t>(replicas, now_ns, [&](og_replicas& r) -> int64_t {
    return node ? r.router->acquire_at(write != 0, now_ns, node) : int64_t{OG_INVALID_ARGUMENT};
  });
}

og_status og_replicas_release(og_replicas* replicas, int64_t ticket, int32_t success,
                              int64_t latency_ns) {
  return call<og_status>(replicas, [&](og_replicas& r) {
    if (!valid_or_unset(latency_ns)) return og::Status::kInvalidArgument;
    return r.router->release(ticket, success != 0, latency_ns);
  });
}

og_status og_replicas_release_at(og_replicas* replicas, int64_t ticket, int32_t success,
                                 int64_t latency_ns, int64_t now_ns) {
  return call_at<og_status>(replicas, now_ns, [&](og_replicas& r) {
    if (!valid_or_unset(latency_ns)) return og::Status::kInvalidArgument;
    return r.router->release_at(ticket, success != 0, latency_ns, now_ns);
  });
}

og_status og_replicas_cancel(og_replicas* replicas, int64_t ticket) {
  return call<og_status>(replicas, [&](og_replicas& r) { return r.router->cancel(ticket); });
}

og_status og_replicas_cancel_at(og_replicas* replicas, int64_t ticket, int64_t now_ns) {
  return call_at<og_status>(replicas, now_ns,
                            [&](og_replicas& r) { return r.router->cancel_at(ticket, now_ns); });
}

og_status og_replicas_set_healthy(og_replicas* replicas, int32_t node, int32_t healthy) {
  return call<og_status>(replicas,
                         [&](og_replicas& r) { return r.router->set_healthy(node, healthy != 0); });
}

int32_t og_replicas_healthy(const og_replicas* replicas, int32_t node) {
  return call<int32_t>(replicas, [&](const og_replicas& r) { return r.router->healthy(node); });
}

int64_t og_replicas_in_flight(const og_replicas* replicas, int32_t node) {
  return call<int64_t>(replicas, [&](const og_replicas& r) { return r.router->in_flight(node); });
}

int64_t og_replicas_reads(const og_replicas* replicas, int32_t node) {
  return call<int64_t>(replicas, [&](const og_replicas& r) { return r.router->reads(node); });
}

int64_t og_replicas_writes(const og_replicas* replicas) {
  return call<int64_t>(replicas, [](const og_replicas& r) { return r.router->writes(); });
}

og_status og_metrics_add_replicas(og_metrics* metrics, const char* name,
                                  const og_replicas* replicas, og_error** error) {
  return add_metrics(metrics, "replica router", name, replicas, error);
}
