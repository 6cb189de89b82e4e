// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <random>

#include "core/observe/prometheus_text.h"
#include "core/scale/autoscaler.h"
#include "core/scale/recent_changes.h"
#include "core/scale/window_maximum.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// At min_instances unless the config says how many run.
std::unique_ptr<Autoscaler> make(Config config) {
  if (!config.find("initial_instances")) {
    const std::string* least = config.find("min_instances");
    config.set("initial_instances", least ? *least : "1");
  }
  auto made = Autoscaler::create(config, make_manual_clock(0));
  REQUIRE(made);
  return std::move(*made);
}

// The tutorial's class, line by line, but for what scale() says.
struct Tutorial {
  int min_instances, max_instances, current_instances;
  std::optional<int64_t> last_scaling;
  bool rates_came = false;

  bool should_scale_up(const double* m) const {
    return (m[0] > 70 || m[1] > 80 || m[3] > 1000 || m[4] > 5) && current_instances < max_instances;
  }
  bool should_scale_down(const double* m) const {
    return (m[0] < 30 && m[1] < 40 && m[3] < 200 && m[4] < 1) && current_instances > min_instances;
  }
  // Other than there, no scale-down while the request rate is missing that used to come.
  void scale(const double* m, int64_t now) {
    const bool silent = rates_came && std::isnan(m[2]);
    rates_came = rates_came || !std::isnan(m[2]);
    if (should_scale_up(m)) {
      ++current_instances;
      last_scaling = now;
    } else if (!silent && should_scale_down(m) &&
               (!last_scaling || now - *last_scaling > 300 * kSecond)) {
      --current_instances;
      last_scaling = now;
    }
  }
};

double random_metric(std::mt19937_64& random, double low, double high) {
  switch (random() % 8) {
    case 0:
      return low;
    case 1:
      return high;
    case 2:
      return kMissing;
    default: {
      // More often low than not, so that all four are low together often enough.
      const double share = std::uniform_real_distribution<double>(0, 1)(random);
      return random() % 8 ? share * low : share * 1.3 * high;
    }
  }
}

ScalingMetrics random_metrics(std::mt19937_64& random) {
  return {{random_metric(random, 30, 70), random_metric(random, 40, 80),
           random_metric(random, 100, 1000), random_metric(random, 200, 1000),
           random_metric(random, 1, 5)}};
}

}  // namespace

TEST_CASE("policy step is the tutorial's AutoScaler") {
  std::mt19937_64 random(11);
  int64_t ups = 0, downs = 0;
  for (int round = 0; round < 50; ++round) {
    const int low = 1 + static_cast<int>(random() % 3), high = low + static_cast<int>(random() % 8);
    Config config;
    config.set("policy", "step");
    config.set_int("min_instances", low);
    config.set_int("max_instances", high);
    config.set("stale_ms", "1ms");  // each round's metrics stand alone, as the tutorial's do
    auto autoscaler = make(config);
    Tutorial model{low, high, low, {}};
    int64_t now = 0;
    for (int i = 0; i < 2000; ++i) {
      now += kSecond * static_cast<int64_t>(1 + random() % 200);
      const ScalingMetrics metrics = random_metrics(random);
      REQUIRE(autoscaler->observe_at(metrics, now) == Status::kOk);
      const auto decision = autoscaler->decide_at(now).value();
      const int before = model.current_instances;
      model.scale(metrics.values.data(), now);
      ups += model.current_instances > before;
      downs += model.current_instances < before;
      INFO("round " << round << " step " << i << ": " << decision.text());
      REQUIRE(decision.desired == model.current_instances);
    }
  }
  CHECK(ups > 1000);
  CHECK(downs > 1000);
}

TEST_CASE("proportional decisions keep every bound they promise") {
  std::mt19937_64 random(12);
  int64_t changes = 0;
  for (int round = 0; round < 80; ++round) {
    const int32_t low = 1 + static_cast<int32_t>(random() % 5);
    const int32_t high = low + static_cast<int32_t>(random() % 60);
    const int32_t step_up = 1 + static_cast<int32_t>(random() % 6);
    const int32_t step_down = 1 + static_cast<int32_t>(random() % 6);
    const int64_t cooldown = static_cast<int64_t>(random() % 600) * kSecond;
    Config config;
    config.set_int("min_instances", low);
    config.set_int("max_instances", high);
    config.set_int("max_step_up", step_up);
    config.set_int("max_step_down", step_down);
    config.set_int("scale_down_cooldown_ms", cooldown / 1'000'000);
    if (round % 2) {
      config.set("predictor", "seasonal");
      config.set("warmup_ms", "1h");
      config.set_double("instance_capacity", 50);
    }
    auto autoscaler = make(config);
    int64_t now = 0, last_change = -1;
    std::deque<std::pair<int64_t, int32_t>> counts{{-1, low}};  // from when on there were how many
    const auto keeps_step_bound = [&](const ScaleDecision& d) {
      while (counts.size() > 1 && counts[1].first <= d.at - 15 * kSecond) counts.pop_front();
      const int32_t before = counts.front().second;  // a period ago
      REQUIRE(d.desired <= std::max(d.previous, before + std::max(step_up, before)));
      REQUIRE(d.desired >= std::min(d.previous, before - std::max(step_down, before / 2)));
      counts.emplace_back(d.at, d.desired);
    };
    for (int i = 0; i < 1500; ++i) {
      now += kSecond * static_cast<int64_t>(1 + random() % (random() % 2 ? 8 : 120));
      if (random() % 10) autoscaler->observe_at(random_metrics(random), now);
      const auto d = autoscaler->decide_at(now).value();
      INFO("round " << round << " step " << i << ": " << d.text());
      REQUIRE(d.desired >= low);
      REQUIRE(d.desired <= high);
      REQUIRE(d.desired - d.previous <= std::max(step_up, d.previous));
      REQUIRE(d.previous - d.desired <= std::max(step_down, d.previous / 2));
      keeps_step_bound(d);
      const int32_t want = std::max(d.reactive, d.predicted);
      if (d.desired > d.previous) REQUIRE(d.desired <= want);
      if (d.desired < d.previous) {
        REQUIRE(d.desired >= want);
        REQUIRE((last_change < 0 || now - last_change > cooldown || cooldown == 0));
      }
      REQUIRE(autoscaler->instances() == d.desired);
      if (d.desired != d.previous) {
        last_change = now;
        ++changes;
      }
      // The same readings, looked at again at once, want nothing beyond what they wanted.
      const auto again = autoscaler->decide_at(now).value();
      REQUIRE(again.desired <= std::max(d.desired, std::max(again.reactive, again.predicted)));
      if (d.desired == want) REQUIRE(again.desired == d.desired);
      keeps_step_bound(again);
      if (again.desired != again.previous) last_change = now;
    }
  }
  CHECK(changes > 5000);
}

TEST_CASE("the window's maximum is within a sixteenth of the exact one") {
  std::mt19937_64 random(13);
  constexpr int64_t kWindow = 1600;
  WindowMaximum window(kWindow);
  std::deque<std::pair<int64_t, int32_t>> all;
  int64_t now = 0, first = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += static_cast<int64_t>(random() % (i % 500 == 0 ? 5000 : 60));
    const auto value = static_cast<int32_t>(random() % 1000);
    if (i == 0) first = now;
    window.add(now, value);
    all.emplace_back(now, value);
    while (all.front().first < now - kWindow - kWindow / 16) all.pop_front();
    int32_t surely = 0, possibly = 0;
    for (const auto& [at, seen] : all) {
      if (at >= now - kWindow) surely = std::max(surely, seen);
      possibly = std::max(possibly, seen);
    }
    REQUIRE(window.at(now) >= surely);
    REQUIRE(window.at(now) <= possibly);
    REQUIRE(window.full(now) == (now - first >= kWindow));
  }
}

TEST_CASE("recent changes count for a period, and no crowd of them makes one be forgotten") {
  std::mt19937_64 random(15);
  constexpr int64_t kPeriod = 1000;
  for (const bool crowded : {false, true}) {
    RecentChanges changes(kPeriod);
    std::deque<std::pair<int64_t, int32_t>> all;
    int64_t now = 0;
    for (int i = 0; i < 20'000; ++i) {
      now += static_cast<int64_t>(random() % (crowded ? 8 : 40));
      const auto by = static_cast<int32_t>(random() % 9) - (crowded ? 0 : 4);
      if (crowded || all.size() < RecentChanges::kKept) {
        changes.add(now, by);
        all.emplace_back(now, by);
      }
      while (!all.empty() && all.front().first <= now - kPeriod) all.pop_front();
      int64_t exact = 0;
      for (const auto& change : all) exact += change.second;
      if (crowded) {
        REQUIRE(changes.net(now) >= exact);
      } else {
        REQUIRE(changes.net(now) == exact);
      }
    }
    CHECK(changes.net(now + 2 * kPeriod) == 0);
  }
}

TEST_CASE("a count that is unknown is no gauge") {
  auto made = Autoscaler::create({}, make_manual_clock(0));
  REQUIRE(made);
  PrometheusText before;
  (*made)->collect(before);
  CHECK(before.text().find("outgrow_autoscaler_instances") == std::string::npos);
  REQUIRE((*made)->set_instances(3) == Status::kOk);
  PrometheusText after;
  (*made)->collect(after);
  CHECK(after.text().find("outgrow_autoscaler_instances 3\n") != std::string::npos);
}

TEST_CASE("contradictory options are refused by name") {
  const std::vector<std::pair<std::pair<const char*, const char*>, const char*>> cases = {
      {{"min_instances", "11"}, "min_instances"},
      {{"cpu_down", "71"}, "cpu_down"},
      {{"memory_down", "81"}, "memory_down"},
      {{"response_time_down", "1001"}, "response_time_down"},
      {{"error_rate_down", "6"}, "error_rate_down"},
      {{"memory_baseline", "80"}, "memory_baseline"},
  };
  for (const auto& [setting, option] : cases) {
    Config config;
    config.set(setting.first, setting.second);
    auto made = Autoscaler::create(config, make_manual_clock(0));
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Status::kBadValue);
    CHECK(made.error().option == option);
  }
}

TEST_CASE("a forecast needs its margin") {
  auto desired = [](const char* margin) {
    std::mt19937_64 random(14);
    Config config;
    config.set("predictor", "seasonal");
    config.set("max_instances", "1000");
    config.set("max_step_up", "1000");
    config.set("forecast_margin", margin);
    config.set_double("instance_capacity", 10);
    auto autoscaler = make(config);
    for (int64_t minute = 0; minute < 3 * 1440; ++minute) {
      autoscaler->observe_at(Metric::kRequestRate, 800 + static_cast<double>(random() % 400),
                             minute * 60 * kSecond);
    }
    return autoscaler->decide_at(3 * 1440 * 60 * kSecond)->desired;
  };
  const int32_t bare = desired("0"), two = desired("2");
  CHECK(bare == Approx(100).margin(8));
  CHECK(two > bare);
}

TEST_CASE("the clock may not step back, and absurd times do no harm") {
  auto autoscaler = make({});
  CHECK(autoscaler->observe_at(Metric::kCpuUtilization, 90, 100 * kSecond) == Status::kOk);
  CHECK(autoscaler->decide_at(50 * kSecond)->at == 100 * kSecond);
  CHECK(autoscaler->observe_at(Metric::kCpuUtilization, 90, -1) == Status::kInvalidArgument);
  CHECK(autoscaler->decide_at(INT64_MAX)->reason == ScaleReason::kNoData);
  CHECK(autoscaler->decide_at(INT64_MIN)->reason == ScaleReason::kNoData);
}

TEST_CASE("a decision's line is cut, not overrun") {
  ScaleDecision d;
  d.reason = ScaleReason::kUnderThresholds;
  d.metric = Metric::kMemoryUtilization;
  d.value = d.threshold = 1e300;
  char line[20];
  d.print(line);
  CHECK(std::string(line) == d.text().substr(0, 19));
  d.print(std::span<char>(line, 1));
  CHECK(line[0] == '\0');
}

}  // namespace og
