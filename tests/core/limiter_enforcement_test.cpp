// SPDX-License-Identifier: Apache-2.0
// Denials that do not hold: whose they are, and that nothing else is otherwise.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>

#include "core/limit/enforcement.h"
#include "core/limit/limiter.h"
#include "core/scope/host_scope.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::unique_ptr<Limiter> make(const std::string& policy, int64_t percent, const Place& place = {}) {
  Config config;
  config.set("rate", "5/s");
  config.set("policy", policy);
  config.set_int("enforce_percent", percent);
  config.set_int("keys", 64);
  auto made = Limiter::create(config, make_manual_clock(0), place);
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

void enforce(Limiter& limiter, int64_t percent) {
  Config config;
  config.set_int("enforce_percent", percent);
  const auto changed = limiter.reconfigure(config);
  if (!changed) FAIL(changed.error().message);
}

}  // namespace

TEST_CASE("so many keys in a hundred are enforced, and more of them as the percentage is raised") {
  Memory::Word spared{0}, turns{0};
  Enforcement enforcement(spared, turns);
  std::array<int64_t, 10'000> since{};  // the percentage from which a key is enforced
  for (size_t i = 0; i < since.size(); ++i) {
    const std::string key = "client " + std::to_string(i);
    since[i] = -1;
    for (int64_t percent = 0; percent <= 100; ++percent) {
      enforcement.set(percent);
      const bool holds = enforcement.holds(key);
      CHECK(holds == enforcement.would_hold(key));
      if (holds && since[i] < 0) since[i] = percent;
      CHECK(holds == (since[i] >= 0));
    }
  }
  for (int64_t percent : {0, 1, 10, 50, 99, 100}) {
    const auto count =
        std::count_if(since.begin(), since.end(), [&](int64_t from) { return from <= percent; });
    CHECK(std::abs(count - percent * 100) <= 200);  // four sigma of 10,000 at a half
  }
  CHECK(turns == 0);
}

TEST_CASE("of a hundred denials without a key as many hold as the percentage says, evenly") {
  for (int64_t percent = 0; percent <= 100; ++percent) {
    Memory::Word spared{0}, turns{0};
    Enforcement enforcement(spared, turns);
    enforcement.set(percent);
    int64_t held = 0;
    for (int64_t turn = 1; turn <= 300; ++turn) {
      const bool would = enforcement.would_hold("");
      const bool holds = enforcement.holds("");
      CHECK(would == holds);
      held += holds;
      CHECK(held == turn * percent / 100);
    }
  }
}

TEST_CASE("a trial run takes what the limit would, and spares what that would deny") {
  for (const char* policy :
       {"token_bucket", "sliding_window", "fixed_window", "sliding_counter", "warm_up"}) {
    for (uint32_t seed = 0; seed < 20; ++seed) {
      INFO(policy << " seed " << seed);
      std::mt19937 random(seed);
      auto enforced = make(policy, 100);
      auto trial = make(policy, 0);
      int64_t now = 0;
      for (int step = 0; step < 500; ++step) {
        now += random() % 3 == 0 ? static_cast<int64_t>(random() % kSecond) : 0;
        const std::string key(random() % 3, 'k');
        const int64_t cost = static_cast<int64_t>(random() % 8);
        CHECK(trial->peek_at(key, cost, now) == 0);
        Standing one{}, other{};
        const int64_t wait = enforced->acquire_detailed_at(key, cost, now, one);
        CHECK(trial->acquire_detailed_at(key, cost, now, other) == 0);
        CHECK(wait >= 0);
        CHECK(one.remaining == other.remaining);
        CHECK(one.reset_after == other.reset_after);
        CHECK(one.next_after == other.next_after);
      }
      CHECK(enforced->denied() > 0);
      CHECK(trial->denied() == 0);
      CHECK(trial->spared() == enforced->denied());
      CHECK(trial->allowed() == enforced->allowed());
    }
  }
}

TEST_CASE("the percentage changes for all who share the limiter, and costs no change of the rate") {
  test::SegmentName name;
  auto scope = HostScope::create(name.text, {}).value();
  auto here = make("token_bucket", 100, Place(scope, "logins"));
  auto there = make("token_bucket", 100, Place(scope, "logins"));
  CHECK(here->acquire_at("k", 5, 0) == 0);
  CHECK(there->acquire_at("k", 1, 0) > 0);
  enforce(*here, 0);
  CHECK(there->acquire_at("k", 1, 0) == 0);
  CHECK(there->spared() == 1);
  CHECK(here->denied() == 1);
  enforce(*there, 100);
  CHECK(here->acquire_at("k", 1, 0) > 0);
  // Who joins finds what holds now.
  enforce(*there, 0);
  auto joins = make("token_bucket", 0, Place(scope, "logins"));
  CHECK(joins->acquire_at("k", 1, 0) == 0);
}

TEST_CASE("the percentage can change without end") {
  Config config;
  config.set("rate", "1000/24h");
  config.set_int("keys", 8);
  auto limiter = Limiter::create(config, make_manual_clock(0)).value();
  CHECK(limiter->acquire("k", 1000) == 0);
  for (int64_t i = 0; i < 100'000; ++i) enforce(*limiter, i % 2);
  enforce(*limiter, 100);
  CHECK(limiter->acquire("k", 1) == 86'400'000'000);
}

TEST_CASE("a limiter on the heap notes who is denied most where it is told to") {
  Config config;
  config.set("rate", "1/s");
  auto plain =
      Limiter::create(config, make_manual_clock(0), Place(HeapScope::instance(), "logins")).value();
  const auto unnoted = plain->hottest_json();
  REQUIRE_FALSE(unnoted);
  CHECK(unnoted.error().code == Status::kUnsupported);
  CHECK(unnoted.error().message ==
        "the limiter 'logins' does not note who is denied: make it with option 'hottest'");
  config.set("hottest", "true");
  auto noting = Limiter::create(config, make_manual_clock(0)).value();
  for (int i = 0; i < 100; ++i) noting->acquire_at(std::to_string(i % 40), 1, 0);
  for (int i = 0; i < 50; ++i) noting->acquire_at("loud", 1, 0);
  const auto hottest = noting->hottest();
  REQUIRE(hottest.size() == HotKeys::kSlots);
  CHECK(hottest[0].key == "loud");
  CHECK(hottest[0].denied >= 49);
}

}  // namespace og
