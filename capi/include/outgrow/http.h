/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_HTTP_H
#define OUTGROW_HTTP_H

#include <outgrow/config.h>
#include <outgrow/limiter.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The HTTP side of a rate limiter: whose a request is, and what the answer says of the limit. It
 * reads no request and writes no answer: it is given texts, and gives texts. The limiter may lie in
 * any scope, a fleet's included.
 *
 * Fields.
 *
 *   draft10      (the default) RateLimit and RateLimit-Policy of
 *                draft-ietf-httpapi-ratelimit-headers-10: `"login";r=0;t=12`, what is left and the
 *                seconds until one more is there, without t where all is; and `"login";q=5;w=60`,
 *                the rate, with qu, pk and outgrow-burst where they say something.
 *   draft7       The same names as draft 7 has them: `limit=5, remaining=0, reset=60`, and
 * `5;w=60`. draft6       RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, and `5;w=60` in
 *                RateLimit-Policy.
 *   x_ratelimit  X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset. Its reset too is a
 *                number of seconds from now.
 *
 * Times are whole seconds, rounded up. In the older fields reset is until all of it is there again.
 * A window of no whole seconds is told as the next longer one, with the count that the rate has in
 * it: 5/250ms is 20 in 1.
 *
 * Names. A policy's name is a String of structured fields (RFC 9651): quotes and backslashes in it
 * are escaped. A name with any other character than visible ASCII and blanks makes create fail with
 * OG_BAD_VALUE.
 *
 * Addresses. IPv4-mapped IPv6 is IPv4. Ports, brackets and zone ids are read and left out.
 *
 * Fork. The child has a copy; the limiter is what it is by itself.
 *
 * Options: og_config_describe("http").
 */
typedef struct og_http og_http;

/* config may be NULL. It keeps the limiter alive; several may share it. */
OG_API og_status og_http_create(const og_config *config, const og_limiter *limiter, og_http **out,
                                og_error **error);
OG_API void og_http_destroy(og_http **http);

/*
 * The key of the client that a request comes from: its address, such as "192.0.2.7", or of IPv6 the
 * network of `ipv6_prefix` bits, "2001:db8:1:2::/64", as one client has all of that and would have
 * a key for each address.
 *
 * `remote` is the other end of the connection. Where that is a proxy that the option `trusted` has,
 * `forwarded` is read: the values of the field that the option of that name tells, joined by commas
 * in their order. It is read from its end, past proxies that are trusted too; the first address
 * that is not trusted is the client's. What is left of it was written by the client itself, and
 * decides nothing. Where a trusted proxy names no address, the key is that proxy's own. Where
 * `remote` is no address, as of a local socket, the key is "unknown", but for who trusts "unix:".
 *
 * Returns the key.
 *
 * C: A text that is no address, a field that breaks its grammar, and bytes of any kind are no
 * errors. The text is the caller's to destroy.
 */
OG_API og_status og_http_client(const og_http *http, const void *remote, int64_t remote_len,
                                const void *forwarded, int64_t forwarded_len, og_text **out,
                                og_error **error);

/*
 * The fields of an answer, as lines of HTTP/1.1: a name, ": ", a value, CR and LF each. They tell
 * where the key stands now. With a `wait_ns` above 0 there is Retry-After among them, 1 or more and
 * never earlier than t; not with `OG_NEVER`, as the same request never passes.
 *
 * A key with a plan is told of that plan's rate, under its name. Of one without a rate, which is
 * exempt, blocked or unlimited, there are no fields. Of a limiter of several rates there is one
 * policy for each, of the names "login-0", "login-1" in the order of `rate`; older forms tell where
 * the key stands by the one of which it has the least left.
 *
 * `partition` is what pk says; it goes to the client, so it should be no secret. Empty: none.
 *
 * Returns the lines.
 *
 * C: `wait_ns` is what `acquire` of the limiter answered. The text is the caller's to destroy.
 */
OG_API og_status og_http_fields(const og_http *http, const void *key, int64_t key_len,
                                int64_t wait_ns, const void *partition, int64_t partition_len,
                                og_text **out, og_error **error);

/* The problem types of the draft. Each is of a status of HTTP. */
enum {
  OG_PROBLEM_QUOTA_EXCEEDED = 0,   /* 429 */
  OG_PROBLEM_REDUCED_CAPACITY = 1, /* 503: temporary-reduced-capacity */
  OG_PROBLEM_ABNORMAL_USAGE = 2    /* 429: abnormal-usage-detected */
};

/*
 * The body of an answer that denies, of Content-Type application/problem+json (RFC 9457): type,
 * title, status, detail, which is what the limiter's `refusal` says, and violated-policies, unless
 * the limiter has several rates.
 *
 * Returns the body.
 *
 * C: `wait_ns` is what `acquire` of the limiter answered. The text is the caller's to destroy.
 */
OG_API og_status og_http_problem(const og_http *http, int64_t wait_ns, int32_t problem,
                                 og_text **out, og_error **error);

#ifdef __cplusplus
}
#endif

#endif
