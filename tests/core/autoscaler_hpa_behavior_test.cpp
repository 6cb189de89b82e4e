// SPDX-License-Identifier: Apache-2.0
// The behaviour of Kubernetes' horizontal pod autoscaler, by the numbers of its own tests:
// kubernetes/kubernetes, pkg/controller/podautoscaler/horizontal_test.go. What they say of how its
// lists are kept has no counterpart. Their events lie in the middle of equal parts of two minutes.
#include <string>
#include <vector>

#include "core/scale/autoscaler.h"
#include "core/scale/recent_changes.h"
#include "core/scale/velocity.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 10'000 * kSecond;

std::unique_ptr<Autoscaler> made(const char* up_window, const char* down_window) {
  Config config;
  config.set("metrics", "wanted: total target=1");
  config.set_int("initial_instances", 1000);
  config.set_int("max_instances", 100'000);
  config.set("tolerance_down", "0");
  config.set("scale_up_window_ms", up_window);
  config.set("scale_down_window_ms", down_window);
  config.set_int("scale_down_cooldown_ms", 0);
  config.set("scale_up_velocity", "100000/1h");
  config.set("scale_down_velocity", "100000/1h");
  config.set("stale_ms", "1d");
  auto autoscaler = Autoscaler::create(config, make_manual_clock(0));
  REQUIRE(autoscaler);
  return std::move(*autoscaler);
}

int32_t wants(Autoscaler& autoscaler, int32_t current, int32_t wanted, int64_t now) {
  REQUIRE(autoscaler.set_instances(current) == Status::kOk);
  REQUIRE(autoscaler.observe_named_at("wanted", wanted, now) == Status::kOk);
  return autoscaler.decide_at(now)->desired;
}

struct Change {
  int32_t seconds_ago, by;
};
using Changes = std::vector<Change>;

struct Row {
  const char* test;
  int32_t current, wanted, least, most;
  const char* up;    // "": its default
  const char* down;  // "": its default
  Changes changes;
  int32_t expected;
};

const Changes kUps{{100, 1}, {60, 5}, {20, 9}};
const Changes kDowns{{100, -1}, {60, -5}, {20, -9}};
const Changes kFourUps{{105, 8}, {75, 12}, {45, 9}, {15, 11}};
const Changes kFourDowns{{105, -8}, {75, -12}, {45, -9}, {15, -11}};
const Changes kTens{{100, -10}, {60, -10}, {20, -10}};

// clang-format off: a row a test
const Row kRows[] = {
    // TestConvertDesiredReplicasWithRules
    {"within range", 5, 7, 3, 8, "", "", {}, 7},
    {"below the least", 3, 1, 2, 8, "", "", {}, 2},
    {"the most is less than the limit", 20, 1000, 1, 10, "", "", {}, 10},
    {"the limit is less than the most", 3, 1000, 1, 2000, "", "", {}, 7},
    // TestCalculateScaleUpLimitWithScalingRules, TestCalculateScaleDownLimitWithBehaviors
    {"up by the least change", 1, 100, 1, 1000, "min: 2/60s, 50%/60s", "", {}, 2},
    {"down by the least change", 5, 1, 1, 1000, "", "min: 2/60s, 50%/60s", {}, 3},
    // TestScalingWithRules
    {"above the most", 100, 1000, 100, 150, "", "", {}, 150},
    {"up limit with a policy", 3, 1000, 1, 2000, "1%/60s", "", {}, 4},
    {"down limit with a policy", 1000, 3, 3, 2000, "", "20/60s", {}, 980},
    {"up by default", 10, 50, 1, 1000, "", "", {}, 20},
    {"up, pods more than per cent", 10, 500, 1, 1000, "100/60s, 100%/60s", "", {}, 110},
    {"up, per cent more than pods", 10, 500, 1, 1000, "2/60s, 100%/60s", "", {}, 20},
    {"up, large pods", 10, 50, 1, 1000, "100/60s", "", {}, 50},
    {"up, larger pods", 10, 50, 1, 1000, "10000/60s", "", {}, 50},
    {"up, by pods", 10, 50, 1, 1000, "30/60s", "", {}, 40},
    {"up, by per cent", 10, 50, 1, 1000, "200%/60s", "", {}, 30},
    {"down, pods more than per cent", 100, 2, 1, 1000, "", "20/60s, 1%/60s", {}, 80},
    {"down, pods a bit more than per cent", 100, 2, 1, 1000, "", "2/60s, 1%/60s", {}, 98},
    {"down, large pods, to the least", 10, 0, 1, 1000, "", "100/60s", {}, 1},
    {"down, large per cent, to the least", 10, 2, 5, 1000, "", "100%/60s", {}, 5},
    {"down, by pods", 10, 2, 1, 1000, "", "5/60s", {}, 5},
    {"down, by per cent", 10, 5, 1, 1000, "", "50%/60s", {}, 5},
    {"up, large pods, to the most", 100, 500, 1, 200, "300/60s", "", kUps, 200},
    {"up, large per cent, to the most", 100, 500, 1, 200, "10000%/60s", "", kUps, 200},
    {"up, more than allowed already", 100, 500, 1, 1000, "5/120s", "", kUps, 100},
    {"up, by pods after ups", 100, 500, 1, 1000, "150/120s", "", kUps, 235},
    {"up, by per cent after ups", 100, 500, 1, 1000, "200%/120s", "", kUps, 255},
    {"up, by per cent after both", 6, 24, 1, 1000, "300%/300s", "", {{60, 4}, {60, -2}}, 16},
    {"down by default after downs", 10, 5, 1, 1000, "", "", kDowns, 5},
    {"down, large pods after downs", 100, 0, 1, 1000, "", "115/120s", kDowns, 1},
    {"down, larger pods after downs", 100, 0, 5, 1000, "", "130/120s", kDowns, 5},
    {"down, large per cent after downs", 100, 2, 5, 1000, "", "100%/120s", kDowns, 5},
    {"down, by pods after downs", 100, 2, 1, 1000, "", "5/120s", kDowns, 100},
    {"down, by per cent after downs", 100, 0, 1, 1000, "", "50%/120s", {{100, -2}, {60, -4}, {20, -6}}, 56},
    {"down, by per cent after both", 10, 1, 1, 1000, "", "50%/180s", {{60, 2}, {60, -4}}, 6},
    {"down, more than allowed already", 100, 0, 1, 1000, "", "10%/120s", kTens, 100},
    {"down, below zero", 10, 5, 1, 1000, "", "1000%/120s", kTens, 5},
    {"up, outdated", 100, 200, 1, 1000, "1000/60s", "", kFourUps, 200},
    {"up, not outdated for two", 100, 200, 1, 1000, "1000/120s, 100%/60s", "", kFourUps, 200},
    {"up, outdated for two", 100, 200, 1, 1000, "1000/30s, 100%/60s", "", kFourUps, 200},
    {"down, outdated", 100, 5, 1, 1000, "", "1000/60s", kFourDowns, 5},
    {"down, not outdated for two", 100, 5, 1, 1000, "", "1000/120s, 100%/60s", kFourDowns, 5},
    {"down, outdated for two", 100, 5, 1, 1000, "", "1000/30s, 100%/60s", kFourDowns, 5},
};
// clang-format on

TEST_CASE("velocity: what Kubernetes' autoscaler does by its rules is done") {
  for (const Row& row : kRows) {
    CAPTURE(row.test);
    auto autoscaler = made("0", "0");
    for (const Change& each : row.changes) {
      const int64_t then = kNow - each.seconds_ago * kSecond;
      REQUIRE(wants(*autoscaler, 1000, 1000 + each.by, then) == 1000 + each.by);
    }
    Config config;
    config.set("scale_up_velocity", *row.up ? row.up : "4/15s, 100%/15s");
    config.set("scale_down_velocity", *row.down ? row.down : "100%/15s");
    config.set_int("min_instances", row.least);
    config.set_int("max_instances", row.most);
    REQUIRE(autoscaler->reconfigure(config));
    CHECK(wants(*autoscaler, row.current, row.wanted, kNow) == row.expected);
  }
}

struct Stabilized {
  const char* test;
  const char* up_window;
  const char* down_window;
  Changes wanted;  // so many seconds ago, so many
  int32_t current, now, expected;
};

const Changes kFourFive{{120, 4}, {60, 5}};
const Changes kOneTwo{{120, 1}, {60, 2}};
const Changes kOld{{600, 10}, {540, 9}};

const Stabilized kStabilized[] = {
    // TestNormalizeDesiredReplicas: from more than there were wanted
    {"empty log", "0", "5m", {}, 5, 5, 5},
    {"stabilize", "0", "5m", kFourFive, 100, 3, 5},
    {"no stabilize", "0", "5m", kOneTwo, 100, 3, 3},
    {"old ones", "0", "5m", kOld, 100, 3, 3},
    {"old ones among others", "0", "5m", {{600, 10}, {540, 9}, {120, 5}, {60, 4}}, 100, 3, 5},
    // TestNormalizeDesiredReplicasWithBehavior
    {"empty, down", "0", "0", {}, 100, 5, 5},
    {"down", "0", "3m", kFourFive, 100, 3, 5},
    {"up", "5m", "0", kFourFive, 1, 7, 4},
    {"no down", "5m", "0", kOneTwo, 100, 3, 3},
    {"no up", "0", "5m", kFourFive, 1, 3, 3},
    {"no down, old ones", "0", "0", kOld, 100, 3, 3},
    {"no up, old ones", "0", "0", kOld, 1, 100, 100},
    {"down, old ones", "0", "3m", {{600, 10}, {540, 9}, {120, 5}, {60, 4}}, 100, 3, 5},
    {"up, old ones", "5m", "0", {{6000, 10}, {180, 9}, {120, 5}, {60, 6}}, 1, 100, 5},
    {"both, what is wanted goes down", "5m", "5m", {{6000, 2}, {180, 3}}, 2, 1, 2},
    {"both, what is wanted goes up", "5m", "5m", {{6000, 2}, {180, 1}}, 2, 3, 2},
};

TEST_CASE("scale windows: what Kubernetes' autoscaler stabilizes is stabilized") {
  for (const Stabilized& row : kStabilized) {
    CAPTURE(row.test);
    auto autoscaler = made(row.up_window, row.down_window);
    for (const auto& [ago, count] : row.wanted) {
      wants(*autoscaler, count, count, kNow - ago * kSecond);
    }
    CHECK(wants(*autoscaler, row.current, row.now, kNow) == row.expected);
  }
}

TEST_CASE("velocity: a period has the changes that Kubernetes counts in it") {
  // TestStoreScaleEvents, within 60 s.
  const std::pair<Changes, int32_t> rows[] = {
      {{}, 0},
      {{{61, 7}}, 0},
      {{{58, 7}}, 7},
      {{{61, 7}, {59, 6}}, 6},
      {{{61, 9}, {61, 7}, {59, 6}, {29, 8}}, 14},
      {{{59, 6}, {58, 7}}, 13},
  };
  for (const auto& [changes, expected] : rows) {
    RecentChanges up(120 * kSecond), down(120 * kSecond);
    for (const Change& each : changes) {
      up.add(kNow - each.seconds_ago * kSecond, each.by);
      down.add(kNow - each.seconds_ago * kSecond, -each.by);
    }
    CHECK(up.net(kNow, 60 * kSecond) == expected);
    CHECK(down.net(kNow, 60 * kSecond) == -expected);
  }
}

TEST_CASE("velocity: disabled moves nothing, and what cannot be read is an error") {
  auto autoscaler = made("0", "0");
  Config config;
  config.set("scale_up_velocity", "disabled");
  config.set("scale_down_velocity", "disabled");
  REQUIRE(autoscaler->reconfigure(config));
  CHECK(wants(*autoscaler, 10, 20, kNow) == 10);
  CHECK(wants(*autoscaler, 10, 5, kNow) == 10);
  CHECK(autoscaler->decide_at(kNow)->reason == ScaleReason::kStepBound);

  for (const char* bad :
       {"4", "4/0s", "4/15", "x/1m", "4.5/1m", "-1/1m", "5%/2d", "less: 4/1m", "min:", "4/1m 5/1m",
        "1000001/1m", "1/1s,1/1s,1/1s,1/1s,1/1s,1/1s,1/1s,1/1s,1/1s"}) {
    CAPTURE(bad);
    const auto parsed = Velocity::parse("scale_up_velocity", bad);
    if (std::string_view(bad) == "4/15") {
      CHECK(parsed);  // milliseconds
      continue;
    }
    REQUIRE(!parsed);
    CHECK(parsed.error().option == "scale_up_velocity");
  }
}

}  // namespace
}  // namespace og
