// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "core/scale/autoscaler.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

Result<std::unique_ptr<Autoscaler>> created(const std::string& metrics) {
  Config config;
  config.set("metrics", metrics);
  config.set_int("initial_instances", 2);
  config.set_int("max_instances", 100);
  config.set_int("scale_down_cooldown_ms", 0);
  return Autoscaler::create(config, make_manual_clock(0));
}

TEST_CASE("named metrics: what cannot be read is an error that says where") {
  const char* bad[][2] = {
      {"queue", "queue"},
      {"queue: total", "target"},
      {"queue: total target=0", "target"},
      {"queue: total target=x", "target"},
      {"queue: total target=-1", "target"},
      {"queue: total target=1 up=3", "\"up\""},
      {"queue: heap target=1", "\"heap\""},
      {"a queue: total target=1", "a queue"},
      {": total target=1", "name"},
      {"queue: backlog target=30s", "service"},
      {"queue: backlog target=30s service=0", "service"},
      {"queue: backlog target=1 service=1 arrivals=jobs", "jobs"},
      {"failing: health", "up or down"},
      {"jobs: input target=3", "\"target\""},
      {"q: total target=1; q: total target=2", "twice"},
      {"a123456789012345678901234567890x: total target=1", "31"},
  };
  for (const auto& [metrics, what] : bad) {
    CAPTURE(metrics);
    const auto made = created(metrics);
    REQUIRE(!made);
    CHECK(made.error().code == Status::kBadValue);
    CHECK(made.error().option == "metrics");
    CHECK(made.error().message.find(what) != std::string::npos);
  }
  std::string many;
  for (int i = 0; i < 16; ++i) many += "m" + std::to_string(i) + ": total target=1;";
  CHECK(created(many));
  CHECK(!created(many + "m16: total target=1"));
}

TEST_CASE("named metrics: another goes on with what was saved, by name") {
  auto first = *created("a: total target=10; b: concurrency target=5; sick: health up=1");
  REQUIRE(first->observe_named_at("a", 60, 0) == Status::kOk);
  REQUIRE(first->observe_named_at("b", 10, 0) == Status::kOk);
  REQUIRE(first->observe_named_at("sick", 2, 0) == Status::kOk);
  CHECK(first->decide_at(0)->desired == 6);

  auto second = *created("c: total target=1; b: concurrency target=5; sick: health up=1");
  REQUIRE(second->restore(first->save()));
  CHECK(second->decide_at(kSecond)->reason == ScaleReason::kHealth);
  REQUIRE(second->observe_named_at("c", 1, 299 * kSecond) == Status::kOk);
  REQUIRE(second->observe_named_at("b", 10, 299 * kSecond) == Status::kOk);
  CHECK(second->decide_at(300 * kSecond)->reason == ScaleReason::kHealth);
  REQUIRE(second->observe_named_at("sick", 0, 300 * kSecond) == Status::kOk);
  // What was needed at 0 no longer counts; the hold at 300 s was of health alone: 2 were needed.
  const auto now = *second->decide_at(301 * kSecond);
  CHECK(now.reason == ScaleReason::kTarget);
  CHECK(now.desired == 3);
  CHECK(now.reactive == 2);
  CHECK(first->save() != second->save());

  auto third = *created("a: total target=10; b: concurrency target=5; sick: health up=1");
  REQUIRE(third->restore(first->save()));
  CHECK(third->save() == first->save());
  // Its window goes on: 6 were needed at 0.
  for (auto* each : {first.get(), third.get()}) {
    REQUIRE(each->observe_named_at("a", 10, 299 * kSecond) == Status::kOk);
    REQUIRE(each->observe_named_at("b", 1, 299 * kSecond) == Status::kOk);
    REQUIRE(each->observe_named_at("sick", 0, 299 * kSecond) == Status::kOk);
  }
  for (int64_t at = 299; at < 330; ++at) {
    CHECK(first->decide_at(at * kSecond)->text() == third->decide_at(at * kSecond)->text());
  }
}

TEST_CASE("named metrics: the exact window is that of a list of all") {
  NeededWindow<true> most;
  NeededWindow<false> fewest;
  std::vector<std::pair<int64_t, int32_t>> all;
  uint32_t random = 1;
  for (int64_t now = 0; now < 4000; now += 1 + random % 3) {
    random = random * 1664525 + 1013904223;
    const auto count = static_cast<int32_t>(random >> 24);
    int32_t high = count, low = count;
    for (const auto& [at, each] : all) {
      if (now - at < 50) high = std::max(high, each), low = std::min(low, each);
    }
    CHECK(most.extreme(now, 50, count) == high);
    CHECK(fewest.extreme(now, 50, count) == low);
    most.add(now, count);
    fewest.add(now, count);
    all.emplace_back(now, count);
  }
}

}  // namespace
}  // namespace og
