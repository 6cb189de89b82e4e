// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>
#include <unistd.h>

#include <cstdio>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

// Made without an allocation, which could be the one that fails.
static const char* segment() {
  static char name[48];
  std::snprintf(name, sizeof name, "/outgrow-allocation-%d", static_cast<int>(getpid()));
  return name;
}

static void run(bool whole) {
  const char* name = segment();
  og_scope* scope = nullptr;
  og_error* error = nullptr;
  if (held(whole, og_scope_create_host(name, nullptr, &scope, &error)) && scope) {
    og_breaker* breaker = nullptr;
    held(whole, og_breaker_create_in(scope, "db", nullptr, nullptr, &breaker, nullptr));
    og_text* text = nullptr;
    held(whole, og_scope_inspect(name, 1, &text, nullptr));
    og_text_destroy(&text);
    held(whole, og_scope_list(&text, nullptr));
    og_text_destroy(&text);
    og_breaker_destroy(&breaker);
  }
  og_error_destroy(&error);
  og_scope_destroy(&scope);
  og_scope_remove(name, nullptr);
}

static std::function<void()> hot() {
  static og_limiter* limiter = nullptr;
  static og_breaker* breaker = nullptr;
  if (!limiter) {
    og_scope* scope = nullptr;
    og_config* config = nullptr;
    og_scope_create_host(segment(), nullptr, &scope, nullptr);
    og_scope_remove(segment(), nullptr);
    og_config_create(&config, nullptr);
    og_config_set(config, "rate", "3/s");
    og_limiter_create_in(scope, "api", config, nullptr, &limiter, nullptr);
    og_breaker_create_in(scope, "db", nullptr, nullptr, &breaker, nullptr);
    og_config_destroy(&config);
    og_scope_destroy(&scope);
  }
  return [] {
    og_limiter_acquire(limiter, "key", 3, 1);
    og_breaker_exit(breaker, og_breaker_enter(breaker), 1);
  };
}

static const allocation::Register kScope({"scope", run, hot});
