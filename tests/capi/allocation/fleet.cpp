// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>
#include <unistd.h>

#include <cstdio>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

// Made without an allocation, which could be the one that fails.
static const char* segment() {
  static char name[48];
  std::snprintf(name, sizeof name, "/outgrow-allocation-fleet-%d", static_cast<int>(getpid()));
  return name;
}

static void run(bool whole) {
  og_scope* host = nullptr;
  og_fleet* fleet = nullptr;
  og_scope* scope = nullptr;
  held(whole, og_scope_create_host(segment(), nullptr, &host, nullptr));
  if (host) held(whole, og_fleet_create_in(host, "shop", nullptr, nullptr, &fleet, nullptr));
  if (fleet) {
    held(whole, og_fleet_scope(fleet, &scope, nullptr));
    og_text* text = nullptr;
    held(whole, og_fleet_take(fleet, &text, nullptr));
    og_text_destroy(&text);
    held(whole, og_fleet_reply(fleet, 1, "$11\r\nrole:master\r\n", 18, nullptr));
    held(whole, og_fleet_broken(fleet, "reset", nullptr));
    held(whole, og_fleet_status(fleet, &text, nullptr));
    og_text_destroy(&text);
  }
  og_scope_destroy(&scope);
  og_fleet_destroy(&fleet);
  og_scope_destroy(&host);
  og_scope_remove(segment(), nullptr);
}

// What a worker decides on what its machine was granted.
static std::function<void()> hot() {
  static og_limiter* limiter = nullptr;
  if (!limiter) {
    og_scope *host = nullptr, *scope = nullptr;
    og_fleet* fleet = nullptr;
    og_config* config = nullptr;
    og_scope_create_host(segment(), nullptr, &host, nullptr);
    og_scope_remove(segment(), nullptr);
    og_fleet_create_in(host, "shop", nullptr, nullptr, &fleet, nullptr);
    og_fleet_scope(fleet, &scope, nullptr);
    og_config_create(&config, nullptr);
    og_config_set(config, "rate", "1000000/s");
    og_limiter_create_in(scope, "api", config, nullptr, &limiter, nullptr);
    og_config_destroy(&config);
    og_scope_destroy(&scope);
    og_fleet_destroy(&fleet);
    og_scope_destroy(&host);
  }
  return [] { og_limiter_peek(limiter, "key", 3, 1); };
}

static const allocation::Register kFleet({"fleet", run, hot});
