/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_SERVICE_H
#define OUTGROW_SERVICE_H

#include <outgrow/balancer.h>
#include <outgrow/breaker.h>
#include <outgrow/cache.h>
#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/endpoints.h>
#include <outgrow/limiter.h>
#include <outgrow/replicas.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A service: the whole path of a request in one call, from one configuration. Its layers are a
 * limiter by client, a balancer, the breaker of the server that was picked, a cache by key, and
 * read replicas.
 *
 * Configuration. Each layer's options are those of its noun, under the layer's name and a dot:
 * "limiter.rate", "endpoints.max_endpoints", "balancer.policy", "breaker.failure_threshold",
 * "cache.capacity_bytes", "replicas.replicas". A layer is in the path when the config names one of
 * its options; `servers` stands for the balancer too. The service's own options are `servers`
 * (those to begin with, "a=5, b, c"), `balance_by`, `max_in_flight` and `call_ms`. In a service the
 * `tickets` of balancer and replicas default to max_in_flight and their `ticket_ms` to 0, since the
 * service settles them itself.
 *
 * A call. The service decides and the program executes. og_service_begin says that the answer is at
 * hand, or why there will be none, or it gives a ticket for a call to make. og_service_end then
 * tells every layer how the call went. When a later layer ends a request, what it has entered is
 * given back, but for the limiter's token and the balancer's pick.
 *
 * Servers. A server whose breaker is open is no candidate. Its share goes to the healthy servers
 * whose breakers let calls in, as the balancer's policy has it. Without any such server the request
 * is refused. Servers may be added, removed and marked unhealthy meanwhile, through
 * og_service_endpoints. Each has a breaker of its own, which it finds again if it comes back.
 *
 * The cache is the servers' own. A hit takes a server's turn, and while every breaker is open what
 * is cached is refused too. A value that takes longer to load than cache.lease_ms is not cached.
 * Requests without a key pass the cache by.
 *
 * Writes. A write invalidates its key when it ends, whether it succeeded or not, and when call_ms
 * has passed without its end. Only og_service_cancel leaves the key alone. What a reader loads
 * meanwhile is not cached, as its lease lapses with the key. A write that commits after call_ms is
 * the program's to invalidate, with og_cache_delete.
 *
 * Cost. Without a cache begin and end hold no lock and allocate nothing; nor does a hit. A miss
 * takes a lease, as og_cache_get_or_lease does.
 *
 * Fork. The child has a service of its own: each layer is what its header says. Calls in flight are
 * the parent's: the child has none, the parent's tickets are OG_LAPSED there, and nothing is
 * invalidated for them.
 *
 * Options: og_config_describe("service").
 */
typedef struct og_service og_service;

/* config and clock may be NULL; a service without layers lets everything run. */
OG_API og_status og_service_create(const og_config *config, const og_clock *clock, og_service **out,
                                   og_error **error);
/* Calls still out are given up, as at call_ms. */
OG_API void og_service_destroy(og_service **service);

/* ---- requests ---- */

enum {
  OG_SERVICE_READ = 0, /* cache, then a replica */
  OG_SERVICE_WRITE = 1 /* the primary; invalidates the key */
};

/*
 * Decides what to do with a request of a client for a key: the answer is at hand, or there will be
 * none, or a call is to be made, for which it gives a ticket. A program that would not wait for
 * another's load loads the value itself, and does not cache it.
 *
 * Returns a ticket above 0, or an outcome.
 *
 * C: The outcomes:
 *
 *   > 0         a ticket: make the call on its server and node, and end it; *value is stale and may
 *               be used meanwhile, or NULL
 *   OG_OK       *value is the answer
 *   OG_ABSENT   the key is known not to exist
 *   OG_STALE    *value is past its time to live; another caller is loading it
 *   OG_WAIT     another caller is loading it: ask again, in *wait_ns at most. Nothing is taken from
 *               the client's rate, unless the load began in this same moment
 *   OG_DENIED   the client is over its rate, for *wait_ns
 *   OG_REFUSED  the breakers of all servers are open, for *wait_ns at least
 *   OG_NONE     no server or no node may be chosen
 *   OG_FULL     max_in_flight calls are out
 *
 * C: Client and key may be NULL with length 0. `*value` is the caller's to destroy; `value` and
 * `wait_ns` may be NULL.
 */
OG_API int64_t og_service_begin(og_service *service, int32_t operation, const void *client,
                                int64_t client_len, const void *key, int64_t key_len,
                                og_value **value, int64_t *wait_ns);
OG_API int64_t og_service_begin_at(og_service *service, int32_t operation, const void *client,
                                   int64_t client_len, const void *key, int64_t key_len,
                                   int64_t now_ns, og_value **value, int64_t *wait_ns);

/*
 * The endpoint where the ticket's call is to run.
 *
 * Returns its index; `OG_NONE` without the layer, `OG_LAPSED` once the ticket is settled.
 */
OG_API int32_t og_service_server(const og_service *service, int64_t ticket);

/*
 * The node where the ticket's call is to run: 0 is the primary.
 *
 * Returns the node; `OG_NONE` without the layer, `OG_LAPSED` once the ticket is settled.
 */
OG_API int32_t og_service_node(const og_service *service, int64_t ticket);

/* In place of a value's length. */
#define OG_SERVICE_KEEP_NOTHING INT64_C(-1) /* nothing to cache */
#define OG_SERVICE_KEEP_ABSENCE INT64_C(-2) /* the key does not exist: cache that */

/*
 * Reports that the call has ended. A successful read brings the value to cache. A write, a failed
 * read and a service without a cache keep nothing.
 *
 * Returns whether it counted, also when the value was not cached because the key was written
 * meanwhile or the value is too large; `OG_LAPSED`, with nothing recorded, when the ticket was
 * settled before or `call_ms` has passed.
 *
 * C: `success` is 0 or 1; a latency of -1 is the time since begin. The value is copied; in place of
 * its length, with NULL, stands one of the two above. A `ttl_ns` of 0 is for ever,
 * `OG_CACHE_DEFAULT_TTL` what `cache.ttl_ms` or `cache.negative_ttl_ms` says. `OG_NO_MEMORY` when
 * the call is settled but its value not cached. `OG_INVALID_ARGUMENT`, and nothing is settled, for
 * what cannot be a ticket, a latency, a value or a time to live.
 */
OG_API og_status og_service_end(og_service *service, int64_t ticket, int32_t success,
                                int64_t latency_ns, const void *value, int64_t value_len,
                                int64_t ttl_ns);
OG_API og_status og_service_end_at(og_service *service, int64_t ticket, int32_t success,
                                   int64_t latency_ns, const void *value, int64_t value_len,
                                   int64_t ttl_ns, int64_t now_ns);

/*
 * Gives back all that the ticket holds: the call was not made, and nothing is recorded.
 *
 * Returns whether the ticket still stood; `OG_LAPSED` when it did not.
 */
OG_API og_status og_service_cancel(og_service *service, int64_t ticket);
OG_API og_status og_service_cancel_at(og_service *service, int64_t ticket, int64_t now_ns);

/* ---- the layers ---- */

/*
 * The service's own limiter.
 *
 * Returns it; `OG_NONE` when the service is without it.
 *
 * C: The handle is the caller's to destroy, whether the service still exists or not.
 */
OG_API og_status og_service_limiter(const og_service *service, og_limiter **out, og_error **error);

/*
 * The service's own endpoints.
 *
 * Returns them; `OG_NONE` when the service is without them.
 *
 * C: The handle is the caller's to destroy, whether the service still exists or not.
 */
OG_API og_status og_service_endpoints(const og_service *service, og_endpoints **out,
                                      og_error **error);

/*
 * The service's own balancer.
 *
 * Returns it; `OG_NONE` when the service is without it.
 *
 * C: The handle is the caller's to destroy, whether the service still exists or not.
 */
OG_API og_status og_service_balancer(const og_service *service, og_balancer **out,
                                     og_error **error);

/*
 * The service's own cache.
 *
 * Returns it; `OG_NONE` when the service is without it.
 *
 * C: The handle is the caller's to destroy, whether the service still exists or not.
 */
OG_API og_status og_service_cache(const og_service *service, og_cache **out, og_error **error);

/*
 * The service's own replica router.
 *
 * Returns it; `OG_NONE` when the service is without it.
 *
 * C: The handle is the caller's to destroy, whether the service still exists or not.
 */
OG_API og_status og_service_replicas(const og_service *service, og_replicas **out,
                                     og_error **error);

/*
 * The breaker of the server with this index; it is another server's once the index is. Without a
 * balancer there is one breaker, whatever the index.
 *
 * Returns it; `OG_NONE` when the service is without breakers.
 *
 * C: The handle is the caller's to destroy, whether the service still exists or not.
 */
OG_API og_status og_service_breaker(const og_service *service, int32_t server, og_breaker **out,
                                    og_error **error);

/* ---- numbers ---- */

enum {
  OG_SERVICE_IN_FLIGHT = 0, /* calls begun and not ended, now */
  /* requests since the creation, by what decided them: */
  OG_SERVICE_DENIED = 10,
  OG_SERVICE_NO_SERVER = 11,
  OG_SERVICE_REFUSED = 12,
  OG_SERVICE_HITS = 13,
  OG_SERVICE_ABSENCES = 14,
  OG_SERVICE_STALE = 15,
  OG_SERVICE_WAITS = 16,
  OG_SERVICE_NO_NODE = 17,
  OG_SERVICE_FULL = 18,
  OG_SERVICE_BEGUN = 19,
  /* tickets by how they ended: */
  OG_SERVICE_SUCCESSES = 30,
  OG_SERVICE_FAILURES = 31,
  OG_SERVICE_CANCELLED = 32,
  OG_SERVICE_EXPIRED = 33, /* call_ms passed */
  /* besides: */
  OG_SERVICE_LAPSED = 40,        /* tickets ended twice or too late */
  OG_SERVICE_REROUTED = 41,      /* requests that went to another server than picked */
  OG_SERVICE_FILLS = 42,         /* values and absences cached */
  OG_SERVICE_FILLS_REFUSED = 43, /* and those that were not */
  OG_SERVICE_INVALIDATIONS = 44
};

/*
 * One number of the service.
 *
 * Returns the number.
 */
OG_API int64_t og_service_stat(const og_service *service, int32_t which);

#ifdef __cplusplus
}
#endif

#endif
