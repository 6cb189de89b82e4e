// SPDX-License-Identifier: Apache-2.0
// Several limits as one decision, where something is reserved of one of them.
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/limit/acquire_all.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond;

// So slow that nothing refills while a test runs.
Config slow(int64_t tokens, int64_t reservations) {
  Config config;
  config.set("rate", std::to_string(tokens) + "/1000d");
  config.set_int("keys", 16);
  config.set_int("reservations", reservations);
  return config;
}

std::unique_ptr<Limiter> make(int64_t tokens, int64_t reservations) {
  return *Limiter::create(slow(tokens, reservations), make_manual_clock(0));
}

int64_t left(Limiter& limiter, int64_t now) {
  Standing standing;
  limiter.standing_at("k", now, standing);
  return standing.remaining;
}

}  // namespace

TEST_CASE("what was reserved and ran out is there again when several limits decide",
          "[acquire_all]") {
  const auto other = make(100, 0);
  for (const bool is_first : {true, false}) {
    CAPTURE(is_first);
    const auto tokens = make(10, 8);
    REQUIRE(tokens->reserve_at("k", 8, kSecond, 0) > 0);
    const AcquireAll::Part first[] = {{tokens.get(), "k", 10}, {other.get(), "k", 1}};
    const AcquireAll::Part last[] = {{other.get(), "k", 1}, {tokens.get(), "k", 10}};
    const auto parts = is_first ? std::span(first) : std::span(last);
    CHECK(AcquireAll::of(parts, kSecond / 2).wait > 0);
    CHECK(AcquireAll::of(parts, kMinute).wait == 0);
    CHECK(left(*tokens, kMinute) == 0);
    CHECK(tokens->reserved(Limiter::Reserved::kExpired) == 1);
  }
}

TEST_CASE("a settlement gives back what several limits took after it was reserved no second time",
          "[acquire_all]") {
  const auto tokens = make(100, 8), other = make(100, 0);
  const int64_t id = tokens->reserve_at("k", 50, kMinute, 0);
  REQUIRE(id > 0);
  const AcquireAll::Part parts[] = {{tokens.get(), "k", 30}, {other.get(), "k", 1}};
  REQUIRE(AcquireAll::of(parts, 0).wait == 0);
  REQUIRE(AcquireAll::of(parts, 0).wait > 0);
  REQUIRE(tokens->settle_at(id, 10, 0) == Status::kOk);
  CHECK(left(*tokens, 0) == 100 - 10 - 30);
}

// No time passes: what is left is what nobody used, and less by no more than was ever reserved.
TEST_CASE("threads that reserve and threads that take of several limits use no more than there is",
          "[acquire_all]") {
  constexpr int64_t kTokens = 60'000, kTeam = 9'000;
  const auto tokens = make(kTokens, 64), team = make(kTeam, 0);
  std::atomic<int64_t> used{0}, reserved{0}, passed{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t);
      const AcquireAll::Part parts[] = {{tokens.get(), "k", 3}, {team.get(), "k", 2}};
      for (int i = 0; i < 4000; ++i) {
        if (t % 2 == 0) {
          if (AcquireAll::of(parts, 0).wait != 0) continue;
          ++passed;
          used += 3;
          continue;
        }
        const auto actual = static_cast<int64_t>(random() % 9);
        const int64_t id = tokens->reserve_at("k", 8, kMinute, 0);
        if (id <= 0) continue;
        reserved += 8;
        used += actual;
        if (tokens->settle_at(id, actual, 0) != Status::kOk) used += 1'000'000;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(passed == kTeam / 2);
  CHECK(used <= kTokens);
  CHECK(left(*team, 0) == kTeam - 2 * passed);
  CHECK(left(*tokens, 0) <= kTokens - used);
  CHECK(left(*tokens, 0) >= kTokens - 3 * passed - reserved);
  CHECK(tokens->reserved(Limiter::Reserved::kReservations) == 0);
}

}  // namespace og
