// SPDX-License-Identifier: Apache-2.0
#include "outgrow/http.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "core/limit/http_limit.h"

using namespace og::capi;

namespace {

// A text that f(http) makes of arguments that are valid.
template <class F>
og_status text_of(const og_http* http, bool valid_arguments, int64_t wait_ns, og_text** out,
                  og_error** error, F&& f) noexcept {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!http) return og::fail(og::Status::kNullHandle, "http is NULL");
    if (!valid_arguments) {
      return og::fail(og::Status::kInvalidArgument, "a pointer is NULL or a length negative");
    }
    if (wait_ns < 0) {
      return og::fail(og::Status::kInvalidArgument,
                      "wait_ns cannot be " + std::to_string(wait_ns) + ": a wait is 0 or more",
                      "wait_ns");
    }
    og::Result<std::string> text = f(*http->http);
    if (!text) return tl::unexpected(std::move(text.error()));
    return og_text{std::move(*text)};
  });
}

}  // namespace

og_status og_http_create(const og_config* config, const og_limiter* limiter, og_http** out,
                         og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_http> {
    if (!limiter) return og::fail(og::Status::kNullHandle, "limiter is NULL");
    auto made = og::HttpLimit::create(config_or_empty(config), limiter->limiter);
    if (!made) return tl::unexpected(std::move(made.error()));
    return og_http{std::move(*made)};
  });
}

void og_http_destroy(og_http** http) { destroy(http); }

og_status og_http_client(const og_http* http, const void* remote, int64_t remote_len,
                         const void* forwarded, int64_t forwarded_len, og_text** out,
                         og_error** error) {
  const bool is_valid = valid(remote, remote_len) && valid(forwarded, forwarded_len);
  return text_of(http, is_valid, 0, out, error, [&](og::HttpLimit& h) {
    return h.client(bytes(remote, remote_len), bytes(forwarded, forwarded_len));
  });
}

og_status og_http_fields(const og_http* http, const void* key, int64_t key_len, int64_t wait_ns,
                         const void* partition, int64_t partition_len, og_text** out,
                         og_error** error) {
  const bool is_valid = valid(key, key_len) && valid(partition, partition_len);
  return text_of(http, is_valid, wait_ns, out, error, [&](og::HttpLimit& h) {
    return h.fields(bytes(key, key_len), wait_ns, bytes(partition, partition_len));
  });
}

og_status og_http_problem(const og_http* http, int64_t wait_ns, int32_t problem, og_text** out,
                          og_error** error) {
  return text_of(http, true, wait_ns, out, error, [&](og::HttpLimit& h) -> og::Result<std::string> {
    if (problem < OG_PROBLEM_QUOTA_EXCEEDED || problem > OG_PROBLEM_ABNORMAL_USAGE) {
      return og::fail(og::Status::kInvalidArgument, "problem cannot be " + std::to_string(problem),
                      "problem");
    }
    return h.problem(static_cast<og::HttpLimit::Problem>(problem), wait_ns);
  });
}

og_status og_metrics_add_http(og_metrics* metrics, const char* name, const og_http* http,
                              og_error** error) {
  return add_metrics(metrics, "http", name, http, error);
}
