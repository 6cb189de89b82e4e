// SPDX-License-Identifier: Apache-2.0
// The pool of forecasters, its parts, and what an autoscaler makes of it.
#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/scale/autoscaler.h"
#include "core/scale/forecast_accuracy.h"
#include "core/scale/pool_forecaster.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kBinNs = 300'000'000'000;
constexpr int64_t kDayBins = 288;
constexpr int64_t kMinute = 60'000'000'000;

PoolForecaster pool(int64_t lead = 3, int64_t hold = 0) {
  return PoolForecaster({kBinNs, 0, lead, hold}, kDayBins, 0.98);
}

double wave(int64_t bin, int64_t period = kDayBins) {
  return 1000 + 800 * std::sin(2 * M_PI * static_cast<double>(bin) / static_cast<double>(period));
}

struct Word {
  int64_t said = 0;
  void state(StateArchive& archive) { archive.value(said); }
};

std::unique_ptr<Autoscaler> make(const std::map<std::string, std::string>& options) {
  Config config;
  config.set("initial_instances", "4");
  config.set("max_instances", "100");
  config.set("instance_capacity", "100");
  for (const auto& [name, value] : options) config.set(name, value);
  auto made = Autoscaler::create(config, make_manual_clock());
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

}  // namespace

TEST_CASE(
    "variable share: weights are by losses, who is right keeps his, who was wrong comes back") {
  VariableShare<2> weights(std::log(2.0), 0.1);
  weights.update({0, 1});  // the second halves, to 1/3, and a tenth of that goes to both
  CHECK(weights.weights()[0] == Approx(2.0 / 3 + 0.1 / 3 / 2));
  CHECK(weights.weights()[1] == Approx(1.0 / 3 - 0.1 / 3 / 2));
  CHECK(weights.mean({10, 40}) == Approx(10 * weights.weights()[0] + 40 * weights.weights()[1]));
  const double known = weights.weights()[0];
  for (int i = 0; i < 1000; ++i) weights.update({0, 0});
  CHECK(weights.weights()[0] == Approx(known));
  for (int i = 0; i < 10'000; ++i) weights.update({0, 1});
  CHECK(weights.weights()[0] == Approx(1));
  weights.update({1, 0});
  CHECK(weights.weights()[1] >= 0.05);
  for (int i = 0; i < 10; ++i) weights.update({1, 0});
  CHECK(weights.weights()[1] > 0.9);
  weights.update({1e300, 1e300});
  CHECK(weights.weights()[0] + weights.weights()[1] == Approx(1));
}

// Of T scores, no more than the bound's own way over step * T differ from what was asked for.
TEST_CASE("a conformal bound holds as often as asked, also when the scores change") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (const double level : {0.5, 0.9, 0.98}) {
    ConformalQuantile bound(level, 0.05, 2);
    constexpr int kScores = 20'000;
    int under = 0;
    for (int i = 0; i < kScores; ++i) {
      const double score = normal(random) * (i < kScores / 2 ? 1 : 4) - (i % 5000 < 500 ? 3 : 0);
      under += score <= bound.value();
      bound.update(score);
    }
    INFO(level << ": " << under);
    CHECK(1.0 * under / kScores == Approx(level).margin(0.012));
  }
}

TEST_CASE("windows are answered once each, with their highest, unless a bin is missing") {
  for (const auto& [lead, hold] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 0}, {3, 0}, {3, 3}, {1, 20}, {40, 0}, {300, 17}, {5, 500}}) {
    CAPTURE(lead, hold);
    std::mt19937_64 random(2);
    PendingWindows<Word> windows(lead, hold);
    std::map<int64_t, double> rates;
    std::map<int64_t, double> answers;
    int64_t kept = 0;
    for (int64_t bin = 0; bin < 3000; ++bin) {
      if (random() % 200 == 0) continue;
      const double rate = static_cast<double>(random() % 1000);
      rates[bin] = rate;
      windows.observe(bin, rate, [&](const Word& word, double highest) {
        REQUIRE(answers.emplace(word.said, highest).second);
      });
      kept += windows.keeps(bin);
      windows.add(bin, {bin});
    }
    int64_t due = 0;
    for (const auto& [bin, rate] : rates) {
      if (!windows.keeps(bin) || bin + lead + hold >= 3000) continue;
      double highest = 0;
      bool whole = true;
      for (int64_t at = bin + lead; at <= bin + lead + hold; ++at) {
        whole = whole && rates.count(at) == 1;
        if (whole) highest = std::max(highest, rates[at]);
      }
      REQUIRE(answers.count(bin) == (whole ? 1 : 0));
      if (whole) REQUIRE(answers[bin] == highest);
      due += whole;
    }
    REQUIRE(answers.size() == static_cast<size_t>(due));
    REQUIRE(kept >= 3000 / (1 + (lead + hold) / 32) * 9 / 10);
  }
}

TEST_CASE("the accuracy of forecasts is that of their windows") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> some(50, 150);
  ForecastAccuracy accuracy(2, 1, 1e12);
  CHECK_FALSE(accuracy.figures());
  std::vector<double> rates, said;
  for (int64_t bin = 0; bin < 400; ++bin) {
    rates.push_back(some(random));
    said.push_back(some(random));
    accuracy.observe(bin, rates.back());
    accuracy.expect(bin, said.back(), said.back() + 20);
  }
  double squared = 0, absolute = 0, load = 0, covered = 0, n = 0;
  for (size_t i = 0; i + 3 < rates.size(); ++i) {
    const double highest = std::max(rates[i + 2], rates[i + 3]);
    squared += (said[i] - highest) * (said[i] - highest);
    absolute += std::abs(said[i] - highest);
    load += highest;
    covered += highest <= said[i] + 20;
    n += 1;
  }
  const auto figures = accuracy.figures();
  REQUIRE(figures);
  CHECK(figures->root_mean_square == Approx(std::sqrt(squared / n)));
  CHECK(figures->error_share == Approx(absolute / load));
  CHECK(figures->coverage == Approx(covered / n));
}

TEST_CASE("a pool's forecast scales with the load") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> noise(0, 300);
  auto one = pool(3, 3), eight = pool(3, 3);
  for (int64_t bin = 0; bin < 16 * kDayBins; ++bin) {
    const double rate = noise(random) + 200 * (1 + std::sin(static_cast<double>(bin) / 45.8));
    one.observe(bin, rate);
    eight.observe(bin, 8 * rate);  // a power of two: rounding is the same
    const auto a = one.forecast(bin + 3), b = eight.forecast(bin + 3);
    REQUIRE(a.has_value() == b.has_value());
    if (!a) continue;
    REQUIRE(b->rate == Approx(8 * a->rate));
    REQUIRE(*b->bound == Approx(8 * *a->bound));
  }
}

TEST_CASE("a pool learns a week from its third on") {
  const auto load = [](int64_t bin) {
    const bool is_weekend = bin / kDayBins % 7 >= 5;
    return is_weekend ? 200.0 : wave(bin);
  };
  constexpr int64_t kHour = 12;
  auto model = pool(kHour);
  const auto of = [&](int64_t from, int64_t to) {
    double squared = 0;
    for (int64_t bin = from; bin < to; ++bin) {
      model.observe(bin, load(bin));
      if (bin < from + kDayBins) continue;
      squared += std::pow(model.forecast(bin + kHour)->rate - load(bin + kHour), 2);
    }
    return std::sqrt(squared / static_cast<double>(to - from - kDayBins));
  };
  const double of_second = of(0, 14 * kDayBins);
  of(14 * kDayBins, 28 * kDayBins);
  const double of_fifth = of(28 * kDayBins, 35 * kDayBins);
  INFO(of_second << " and " << of_fifth);
  CHECK(of_fifth < of_second / 2);
}

// A job at ten past each hour is not smoothed away, and the window that has it is as high as it.
TEST_CASE("a pool knows the jobs of a clock, and the highest of its window") {
  const auto load = [](int64_t bin) { return bin % 12 == 2 ? 900.0 : 100.0; };
  auto point = pool(3), window = pool(3, 3);
  for (int64_t bin = 0; bin < 5 * kDayBins; ++bin) {
    point.observe(bin, load(bin));
    window.observe(bin, load(bin));
    if (bin < 4 * kDayBins) continue;
    CAPTURE(bin % 12);
    REQUIRE(point.forecast(bin + 3)->rate == Approx(load(bin + 3)).margin(40));
    double highest = 0;
    for (int64_t k = 3; k <= 6; ++k) highest = std::max(highest, load(bin + k));
    REQUIRE(window.forecast(bin + 3)->rate == Approx(highest).margin(40));
  }
}

TEST_CASE("one wild sample costs a pool no more than thrice the error for some days") {
  std::mt19937_64 random(6);
  std::normal_distribution<double> noise(0, 50);
  constexpr int64_t kHour = 12;
  auto clean = pool(kHour), hit = pool(kHour);
  double of_clean = 0, of_hit = 0;
  for (int64_t bin = 0; bin < 10 * kDayBins; ++bin) {
    const double rate = wave(bin) + noise(random);
    clean.observe(bin, rate);
    hit.observe(bin, bin == 7 * kDayBins ? 1e15 : rate);
    if (bin < 7 * kDayBins + 72) continue;  // six hours later
    of_clean += std::pow(clean.forecast(bin + kHour)->rate - wave(bin + kHour), 2);
    of_hit += std::pow(hit.forecast(bin + kHour)->rate - wave(bin + kHour), 2);
  }
  INFO("squared errors " << of_clean << " and " << of_hit);
  CHECK(std::sqrt(of_hit) < 3 * std::sqrt(of_clean));
}

TEST_CASE("a pool's forecasts are finite and never negative, whatever comes, by any bins") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 12; ++round) {
    const int64_t bin_ns = round % 3 == 0   ? 1'000'000'000
                           : round % 3 == 1 ? 420 * 1'000'000'000LL
                                            : 12 * kBinNs;
    const int64_t lead = 1 + round, hold = round * round * 10;
    PoolForecaster model({bin_ns, 7 * kMinute, lead, hold}, 10, 0.98);
    int64_t bin = 0;
    for (int i = 0; i < 2000; ++i) {
      bin += 1 + static_cast<int64_t>(random() % (i % 100 == 0 ? 1000 : 2));
      const double exponent = static_cast<double>(random() % 31) - 15;
      model.observe(bin, random() % 4 ? std::pow(10.0, exponent) : 0);
      if (auto forecast = model.forecast(bin + lead)) {
        REQUIRE(std::isfinite(forecast->rate));
        REQUIRE(forecast->rate >= 0);
        REQUIRE(std::isfinite(*forecast->bound));
        REQUIRE(*forecast->bound >= 0);
      }
    }
    REQUIRE(model.forecast(bin + lead));
  }
}

namespace {

// By minutes, a load that is five times as high for two hours from noon on, of which CPU shows
// little.
struct Lived {
  std::vector<int32_t> counts;
  std::vector<std::string> texts;
};
double with_job(int64_t minute) { return minute % 1440 >= 720 && minute % 1440 < 840 ? 1500 : 300; }
Lived live(Autoscaler& autoscaler, int64_t days) {
  Lived lived;
  for (int64_t minute = 0; minute < days * 1440; ++minute) {
    const double rate = with_job(minute);
    const double cpu = rate / *autoscaler.instances() * 0.6;
    REQUIRE(autoscaler.observe_at({{cpu, 30, rate, 100, 0}}, minute * kMinute) == Status::kOk);
    const auto decision = autoscaler.decide_at(minute * kMinute);
    lived.counts.push_back(decision->desired);
    lived.texts.push_back(decision->text());
  }
  return lived;
}

}  // namespace

TEST_CASE("with a pool, nothing shrinks that a time to start and a hold would undo") {
  const std::map<std::string, std::string> options = {
      {"predictor", "pool"}, {"scale_down_cooldown_ms", "0"}, {"scale_down_window_ms", "0"}};
  auto longer = options;
  longer["forecast_hold_ms"] = "3h";
  auto held = options;
  held["forecast_hold_ms"] = "0";
  const Lived brief = live(*make(held), 8), with_hold = live(*make(longer), 8);
  const auto at = [](const Lived& lived, int64_t minute) {
    return lived.counts[static_cast<size_t>(7 * 1440 + minute)];
  };
  CHECK(at(brief, 600) < 8);  // 300 a minute, by 100 an instance
  CHECK(at(brief, 719) >= 15);
  CHECK(at(with_hold, 600) >= 15);  // noon lies within 15 minutes and 3 hours
  CHECK(at(with_hold, 500) < 12);
}

TEST_CASE("forecast_only decides as no predictor does, and shows the forecast and how good it is") {
  for (const char* predictor : {"pool", "seasonal", "linear"}) {
    CAPTURE(predictor);
    auto none = make({}),
         only = make({{"predictor", predictor}, {"forecast_mode", "forecast_only"}});
    std::mt19937_64 random(11);
    bool predicts = false;
    for (int64_t minute = 0; minute < 6 * 1440; ++minute) {
      const int64_t now = minute * kMinute;
      // An outage of what calls, and a day on which the rate is not fed.
      const bool cut_off = minute / 1440 == 4 && minute % 1440 < 30;
      const double rate =
          (cut_off ? 0.01 : 1) * with_job(minute) + static_cast<double>(random() % 20);
      for (Autoscaler* each : {none.get(), only.get()}) {
        const double cpu = rate / *none->instances() * 0.6;
        ScalingMetrics metrics{{cpu, 30, minute / 1440 == 5 ? NAN : rate, 100, 0}};
        REQUIRE(each->observe_at(metrics, now) == Status::kOk);
      }
      const auto a = none->decide_at(now), b = only->decide_at(now);
      REQUIRE(a->text() == b->text());
      predicts = predicts || b->predicted > b->reactive;
    }
    CHECK(predicts);
    CHECK(only->forecast_at(5 * 1440 * kMinute) == std::nullopt);  // silent for a day by now
  }
  auto only = make({{"predictor", "pool"}, {"forecast_mode", "forecast_only"}});
  live(*only, 3);
  CHECK(only->forecast()->rate > 0);
  Config scale;
  scale.set("forecast_mode", "scale");
  CHECK(only->reconfigure(scale));
}

TEST_CASE("what a pool knows is at most 32 KiB of text, by any bins") {
  for (const char* bin : {"1s", "1min", "5min", "7min", "1h"}) {
    auto a = make({{"predictor", "pool"},
                   {"sample_bin_ms", bin},
                   {"horizon_ms", "5h"},
                   {"forecast_hold_ms", "1d"},
                   {"warmup_ms", "1h"}});
    const int64_t every = std::string(bin) == "1s" ? kMinute / 60 : kMinute;
    for (int64_t i = 0; i < 20'000; ++i) {
      const double rate = 1000 + 1e-3 * static_cast<double>(i * 7919 % 1'000'003);
      REQUIRE(a->observe_at(Metric::kRequestRate, rate, i * every) == Status::kOk);
    }
    INFO(bin << ": " << a->save().size());
    CHECK(a->save().size() <= 32 << 10);
  }
}

TEST_CASE("with a pool, an outage teaches nothing") {
  const std::map<std::string, std::string> options = {{"predictor", "pool"}};
  auto whole = make(options), cut = make(options);
  std::mt19937_64 random(12);
  for (int64_t minute = 0; minute < 9 * 1440; ++minute) {
    const double rate = 3000 + 2000 * std::sin(static_cast<double>(minute) * 2 * M_PI / 1440) +
                        static_cast<double>(random() % 200);
    const bool is_out = minute / 1440 == 7 && minute % 1440 >= 600 && minute % 1440 < 625;
    const double cpu = 50;
    const int64_t now = minute * kMinute;
    REQUIRE(whole->observe_at({{cpu, 30, rate, 100, 0}}, now) == Status::kOk);
    REQUIRE(cut->observe_at({{cpu, 30, is_out ? 10 : rate, 100, 0}}, now) == Status::kOk);
    REQUIRE(whole->decide_at(now));
    REQUIRE(cut->decide_at(now));
    if (minute < 8 * 1440) continue;
    const auto a = whole->forecast_at(now), b = cut->forecast_at(now);
    REQUIRE(b->rate == Approx(a->rate).epsilon(0.01));
    REQUIRE(*b->bound == Approx(*a->bound).epsilon(0.02));
  }
}

}  // namespace og
