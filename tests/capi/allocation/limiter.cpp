// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

constexpr int kPolicies = 7;
static const char* const policies[kPolicies] = {"token_bucket",    "sliding_window", "fixed_window",
                                                "sliding_counter", "warm_up",        "count_min",
                                                "calendar_window"};
// Windows of a calendar are no seconds, and their zone is read from a file.
static bool is_of_calendar(const char* policy) { return policy == policies[kPolicies - 1]; }

static void run(bool whole) {
  for (const char* policy : policies) {
    og_config* config = nullptr;
    og_limiter* limiter = nullptr;
    og_error* error = nullptr;
    // Without a rate there would be no limiter to make.
    bool ready = false;
    if (held(whole, og_config_create(&config, &error)) && config) {
      const og_status rate =
          og_config_set(config, "rate", is_of_calendar(policy) ? "3/day" : "3/s");
      if (is_of_calendar(policy)) held(whole, og_config_set(config, "time_zone", "Europe/Paris"));
      const og_status word = og_config_set(config, "policy", policy);
      // Nor is there one of the default policy with a zone.
      ready = held(whole, rate) && held(whole, word) && rate == OG_OK && word == OG_OK;
    }
    og_error_destroy(&error);
    if (ready && held(whole, og_limiter_create(config, nullptr, &limiter, &error)) && limiter) {
      og_limiter_acquire(limiter, "key", 3, 1);
    }
    og_error_destroy(&error);
    og_limiter_destroy(&limiter);
    og_config_destroy(&config);
  }
}

static std::function<void()> hot() {
  static og_limiter* limiters[kPolicies] = {};
  static og_limiter* reserving = nullptr;
  if (!limiters[0]) {
    og_config* config = nullptr;
    og_config_create(&config, nullptr);
    for (int i = 0; i < kPolicies; ++i) {
      og_config_set(config, "rate", is_of_calendar(policies[i]) ? "3/day" : "3/s");
      og_config_set(config, "policy", policies[i]);
      og_limiter_create(config, nullptr, &limiters[i], nullptr);
    }
    og_config_set(config, "policy", "token_bucket");
    og_config_set(config, "reservations", "8");
    og_limiter_create(config, nullptr, &reserving, nullptr);
    og_config_destroy(&config);
  }
  return [] {
    static int64_t fresh = 0;
    const void* key = &++fresh;
    const int64_t len = sizeof fresh;
    int64_t wait = 0;
    for (og_limiter* limiter : limiters) {
      og_limiter_acquire(limiter, key, len, 1);
      og_limiter_peek(limiter, key, len, 1);
      og_limiter_acquire_many(limiter, &key, &len, nullptr, 1, &wait);
      og_limiter_acquire_detailed(limiter, key, len, 1, &wait, &wait, &wait);
      og_limiter_standing(limiter, key, len, &wait, &wait, &wait, &wait);
      og_limiter_acquire_up_to(limiter, key, len, 3);
      og_limiter_give_back(limiter, key, len, 2);
      og_limiter_charge(limiter, key, len, 5);
      int64_t after = 0, number = 0;
      og_limiter_reserve_slot(limiter, key, len, 1, OG_NEVER, &after, &number);
      og_limiter_cancel_slot(limiter, key, len, 1, number);
      og_limiter_forget(limiter, key, len);
    }
    og_limiter* const two[] = {limiters[0], limiters[3]};
    const void* keys[] = {key, key};
    const int64_t lens[] = {len, len};
    og_limiter_acquire_all(two, keys, lens, nullptr, 2, &wait);
    og_limiter_settle(reserving, og_limiter_reserve(reserving, key, len, 2, 0), 1);
    og_limiter_settle(reserving, og_limiter_reserve(reserving, key, len, 1, 0), 5);
    og_limiter_cancel(reserving, og_limiter_reserve(reserving, key, len, 1, 0));
  };
}

static const allocation::Register kLimiter({"limiter", run, hot});
