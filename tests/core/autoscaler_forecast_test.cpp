// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "core/scale/linear_forecaster.h"
#include "core/scale/seasonal_forecaster.h"
#include "tests/catch.h"
#include "tests/core/least_squares.h"

namespace og {
namespace {

constexpr int64_t kBinNs = 300'000'000'000;
constexpr int64_t kDayBins = 288;

SeasonalForecaster seasonal(int64_t horizon = 3) {
  return SeasonalForecaster({kBinNs, 0, horizon}, kDayBins);
}

}  // namespace

TEST_CASE("discounted regression is weighted ridge least squares") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  constexpr double kDiscount = 0.97, kRidge = 0.5;
  const std::array<double, 3> prior{1, -2, 0};
  DiscountedRegression<3> regression(kDiscount, kRidge, prior);
  std::vector<std::array<double, 3>> xs;
  std::vector<double> ys;
  for (int i = 0; i < 200; ++i) {
    xs.push_back({normal(random), normal(random), normal(random)});
    ys.push_back(3 * xs.back()[0] - xs.back()[2] + 0.1 * normal(random));
    regression.observe(xs.back(), ys.back());
  }
  std::vector<std::vector<double>> gram(3, std::vector<double>(3));
  std::vector<double> moment(3);
  for (size_t r = 0; r < 3; ++r) {
    gram[r][r] += kRidge;
    moment[r] += kRidge * prior[r];
  }
  for (size_t i = 0; i < xs.size(); ++i) {
    const double weight = std::pow(kDiscount, static_cast<double>(xs.size() - 1 - i));
    for (size_t r = 0; r < 3; ++r) {
      for (size_t c = 0; c < 3; ++c) gram[r][c] += weight * xs[i][r] * xs[i][c];
      moment[r] += weight * xs[i][r] * ys[i];
    }
  }
  const auto expected = test::solve(gram, moment);
  for (size_t i = 0; i < 3; ++i) CHECK(regression.weights()[i] == Approx(expected[i]));
}

TEST_CASE("what the data no longer speak for returns to the prior") {
  DiscountedRegression<2> regression(0.9, 1, {5, 7});
  for (int i = 0; i < 100; ++i) regression.observe({1, i % 2 ? 1.0 : -1.0}, 1);
  CHECK(regression.weights()[0] != Approx(5).margin(1));
  for (int i = 0; i < 10'000; ++i) regression.observe({0, 0}, 0);
  CHECK(regression.weights()[0] == Approx(5));
  CHECK(regression.weights()[1] == Approx(7));
}

TEST_CASE("absurd observations leave the regression finite") {
  DiscountedRegression<2> regression(0.99, 1, {1, 0});
  regression.observe({1e200, 1e200}, 1e200);
  CHECK(std::isfinite(regression.predict({1, 1})));
  regression.observe({INFINITY, NAN}, 0);
  CHECK(regression.predict({2, 3}) == 2);  // forgotten: the prior
}

TEST_CASE("the linear model is least squares on hour and weekday") {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> rate(100, 1000);
  for (int round = 0; round < 50; ++round) {
    LinearForecaster model({kBinNs, 0, 3});
    const int64_t first = static_cast<int64_t>(random() % 100'000);
    std::vector<std::vector<double>> gram(3, std::vector<double>(3));
    std::vector<double> moment(3);
    auto row = [](int64_t bin) -> std::array<double, 3> {
      const int64_t seconds = bin * 300;
      return {1, static_cast<double>(seconds % 86400) / 3600,
              static_cast<double>((seconds / 86400 + 3) % 7)};
    };
    for (int64_t bin = first; bin < first + kDayBins; ++bin) {
      const double y = rate(random);
      model.observe(bin, y);
      const auto x = row(bin);
      for (size_t r = 0; r < 3; ++r) {
        for (size_t c = 0; c < 3; ++c) gram[r][c] += x[r] * x[c];
        moment[r] += x[r] * y;
      }
    }
    if (first % kDayBins == 0) continue;  // one weekday alone: singular, a test of its own
    const auto w = test::solve(gram, moment);
    const auto x = row(first + kDayBins + 2);
    const double expected = std::max(w[0] + w[1] * x[1] + w[2] * x[2], 0.0);
    CHECK(model.forecast(first + kDayBins + 2)->rate == Approx(expected).epsilon(1e-6));
  }
}

TEST_CASE("the linear model forgets after a day, and waits for ten samples") {
  LinearForecaster model({kBinNs, 0, 3});
  for (int64_t bin = 0; bin < 9; ++bin) model.observe(bin, 1000);
  CHECK_FALSE(model.forecast(12));
  model.observe(9, 1000);
  CHECK(model.forecast(12)->rate == Approx(1000));
  for (int64_t bin = 10; bin < 10 + kDayBins; ++bin) model.observe(bin, 7);
  CHECK(model.forecast(10 + kDayBins + 2)->rate == Approx(7));
  model.observe(3 * kDayBins, 5);  // all others are older than a day now
  CHECK_FALSE(model.forecast(3 * kDayBins + 3));
}

TEST_CASE("a seasonal forecast scales with the load") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> noise(0, 300);
  auto one = seasonal(), eight = seasonal();
  for (int64_t bin = 0; bin < 4 * kDayBins; ++bin) {
    const double rate = noise(random) + 200 * (1 + std::sin(static_cast<double>(bin) / 45.8));
    one.observe(bin, rate);
    eight.observe(bin, 8 * rate);  // a power of two: rounding is the same
    const auto a = one.forecast(bin + 3), b = eight.forecast(bin + 3);
    REQUIRE(a.has_value() == b.has_value());
    if (!a) continue;
    REQUIRE(b->rate == Approx(8 * a->rate));
    REQUIRE(b->deviation == Approx(8 * a->deviation));
  }
}

TEST_CASE("a daily cycle is learned") {
  auto load = [](int64_t bin) {
    return 1000 + 800 * std::sin(2 * M_PI * static_cast<double>(bin) / kDayBins);
  };
  constexpr int64_t kHour = 12;
  auto model = seasonal(kHour);
  double squared = 0, last_value = 0;
  for (int64_t bin = 0; bin < 7 * kDayBins; ++bin) {
    model.observe(bin, load(bin));
    if (bin < 5 * kDayBins) continue;
    squared += std::pow(model.forecast(bin + kHour)->rate - load(bin + kHour), 2);
    last_value += std::pow(load(bin) - load(bin + kHour), 2);
  }
  CHECK(std::sqrt(squared) < 0.05 * std::sqrt(last_value));
}

TEST_CASE("samples that are missing do not pull the forecast") {
  std::mt19937_64 random(4);
  auto model = seasonal();
  for (int64_t bin = 0; bin < 3 * kDayBins; ++bin) {
    if (random() % 3 == 0) continue;
    model.observe(bin, 500);
    if (auto forecast = model.forecast(bin + 3)) REQUIRE(forecast->rate == Approx(500));
  }
  CHECK(model.forecast(3 * kDayBins + 3));
}

TEST_CASE("one wild sample is forgotten within a day") {
  auto model = seasonal();
  auto load = [](int64_t bin) { return 100 + 10 * static_cast<double>(bin % 7); };
  for (int64_t bin = 0; bin < 8 * kDayBins; ++bin) {
    model.observe(bin, bin == 5 * kDayBins ? 1e15 : load(bin));
    const auto forecast = model.forecast(bin + 3);
    if (bin > 6 * kDayBins) REQUIRE(forecast->rate == Approx(130).margin(60));
  }
}

TEST_CASE("forecasts are finite and never negative, whatever comes") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20; ++round) {
    auto one = seasonal(1 + round);
    LinearForecaster two({kBinNs, 0, 1 + round});
    int64_t bin = 0;
    for (int i = 0; i < 2000; ++i) {
      bin += 1 + static_cast<int64_t>(random() % (i % 100 == 0 ? 1000 : 2));
      const double exponent = static_cast<double>(random() % 31) - 15;
      const double rate = random() % 4 ? std::pow(10.0, exponent) : 0;
      one.observe(bin, rate);
      two.observe(bin, rate);
      for (const Forecaster* model :
           {static_cast<Forecaster*>(&one), static_cast<Forecaster*>(&two)}) {
        if (auto forecast = model->forecast(bin + 1 + round)) {
          REQUIRE(std::isfinite(forecast->rate));
          REQUIRE(forecast->rate >= 0);
          REQUIRE(forecast->deviation >= 0);
        }
      }
    }
  }
}

}  // namespace og
