// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

static void run(bool whole) {
  og_config *rate = nullptr, *edge = nullptr;
  og_limiter* limiter = nullptr;
  og_http* http = nullptr;
  og_error* error = nullptr;
  og_text* text = nullptr;
  // Without a rate there would be no limiter to make.
  bool ready = held(whole, og_config_create(&rate, nullptr)) && rate &&
               held(whole, og_config_create(&edge, nullptr)) && edge;
  if (ready) {
    const og_status said = og_config_set(rate, "rate", "3/s");
    held(whole, og_config_set(edge, "trusted", "10.0.0.0/8, 192.0.2.1, 2001:db8::/32"));
    ready = held(whole, said) && said == OG_OK;
  }
  if (ready && held(whole, og_limiter_create(rate, nullptr, &limiter, &error)) && limiter) {
    og_error_destroy(&error);
    if (held(whole, og_http_create(edge, limiter, &http, &error)) && http) {
      const char* nodes = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db9::7, 10.1.1.1";
      held(whole, og_http_client(http, "10.0.0.1", 8, nodes, 61, &text, nullptr));
      og_text_destroy(&text);
      held(whole, og_http_fields(http, "key", 3, 1, "partition", 9, &text, nullptr));
      og_text_destroy(&text);
      held(whole, og_http_problem(http, 1, OG_PROBLEM_QUOTA_EXCEEDED, &text, &error));
    }
  }
  og_text_destroy(&text);
  og_error_destroy(&error);
  og_http_destroy(&http);
  og_limiter_destroy(&limiter);
  og_config_destroy(&edge);
  og_config_destroy(&rate);
}

static const allocation::Register kHttp({"http", run, nullptr});
