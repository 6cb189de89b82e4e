// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/scale/student_t.h"
#include "core/scale/usl.h"
#include "tests/catch.h"

namespace og {
namespace {

// A Sun SPARCcenter 2000 in the SPEC SDM91 benchmark, and a ray tracer: the data sets of Gunther's
// "Guerrilla Capacity Planning" and of R's package usl. A Cisco benchmark, of Schwartz's "Practical
// Scalability Analysis", in usl4j's tests.
const std::vector<UslSample> kSpecSdm91 = {{1, 64.9},     {18, 995.9},   {36, 1652.4}, {72, 1853.2},
                                           {108, 1828.9}, {144, 1775.0}, {216, 1702.2}};
const std::vector<UslSample> kRaytracer = {{1, 20},   {4, 78},   {8, 130},  {12, 170},
                                           {16, 190}, {20, 200}, {24, 210}, {28, 230},
                                           {32, 260}, {48, 280}, {64, 310}};

std::vector<UslSample> cisco() {
  constexpr double kThroughput[] = {
      955.16,   1878.91,  2688.01,  3548.68,  4315.54,  5130.43,  5931.37, 6531.08,
      7219.8,   7867.61,  8278.71,  8646.7,   9047.84,  9426.55,  9645.37, 9897.24,
      10097.6,  10240.5,  10532.39, 10798.52, 11151.43, 11518.63, 11806,   12089.37,
      12075.41, 12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39};
  std::vector<UslSample> samples;
  for (const double x : kThroughput) samples.push_back({samples.size() + 1.0, x});
  return samples;
}

double standard_error(const Interval& interval, size_t samples) {
  return (interval.high - interval.value) / student_t(0.95, static_cast<int64_t>(samples) - 3);
}

double squares(const std::vector<UslSample>& samples, double lambda, double sigma, double kappa) {
  double sum = 0;
  for (const auto& [n, x] : samples) {
    sum += std::pow(x - lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1)), 2);
  }
  return sum;
}

}  // namespace

// README of R's package usl: its summary() of specsdm91, to the digits printed there.
TEST_CASE("the law fits SPEC SDM91 as R does, with R's standard errors", "[capacity]") {
  const UslFit fit = fit_usl(kSpecSdm91, 0.95);
  CHECK(fit.sigma.value == Approx(0.0277285).margin(5e-8));
  CHECK(fit.kappa.value == Approx(0.0001044).margin(5e-8));
  CHECK(fit.lambda.value == Approx(89.9952330).margin(5e-6));
  CHECK(standard_error(fit.sigma, 7) == Approx(0.0091217).margin(5e-8));
  CHECK(standard_error(fit.kappa, 7) == Approx(0.0000199).margin(5e-8));
  CHECK(standard_error(fit.lambda, 7) == Approx(14.2134894).margin(5e-6));
  CHECK(fit.deviation == Approx(82.8).margin(0.05));
  CHECK(fit.peak.value == Approx(96.5).margin(0.05));  // sqrt((1 - .0277285) / .0001044)
  CHECK(fit.samples == 7);
}

// tests/confint.Rout.save of the same package. Its confint takes the t of one side and of n - 1
// degrees of freedom, 1.812461, where this takes that of both sides and of n - 3; the standard
// errors are the same. kappa is 0, where its interval cannot be negative.
TEST_CASE("the law fits the ray tracer as R does, with R's standard errors", "[capacity]") {
  const UslFit fit = fit_usl(kRaytracer, 0.95);
  constexpr double kTheirT = 1.812461;
  CHECK(student_t(0.90, 10) == Approx(kTheirT).margin(1e-6));
  CHECK(fit.sigma.value == Approx(0.0577710).margin(5e-7));
  CHECK(fit.lambda.value == Approx(21.848843).margin(5e-6));
  CHECK(fit.kappa.value == 0);
  CHECK(standard_error(fit.sigma, 11) == Approx((0.081864 - 0.033677) / 2 / kTheirT).margin(5e-7));
  CHECK(standard_error(fit.kappa, 11) == Approx(0.000214 / kTheirT).margin(5e-7));
  CHECK(standard_error(fit.lambda, 11) ==
        Approx((25.829306 - 17.868380) / 2 / kTheirT).margin(5e-6));
  CHECK(fit.kappa.low == 0);
  CHECK(std::isnan(fit.peak.value));
  CHECK(std::isnan(fit.peak.high));
  CHECK(std::isnan(fit.peak_throughput));
}

// usl4j's ModelTest, within the .02 % that it allows the book's figures.
TEST_CASE("the law fits Cisco's benchmark as usl4j and the book do", "[capacity]") {
  const UslFit fit = fit_usl(cisco(), 0.95);
  CHECK(fit.sigma.value == Approx(0.02671591).epsilon(2e-4));
  CHECK(fit.kappa.value == Approx(7.690945e-4).epsilon(2e-4));
  CHECK(fit.lambda.value == Approx(995.6486).epsilon(2e-4));
  CHECK(std::floor(fit.peak.value) == 35);
  CHECK(fit.peak_throughput == Approx(12341).epsilon(2e-4));
  CHECK(fit.throughput(1) == Approx(995.648772003358).epsilon(1e-7));
  CHECK(fit.throughput(20) == Approx(11063.633137626028).epsilon(1e-7));
  CHECK(fit.throughput(35) == Approx(12341.7456205207).epsilon(1e-7));
  for (const double n : {1.0, 2.0, 7.5, 20.0, 35.0}) {
    const auto back = fit.concurrency(fit.throughput(n));
    REQUIRE(back);
    CHECK(*back == Approx(n).epsilon(1e-6));
  }
  CHECK(fit.concurrency(1) == 1.0);
  CHECK_FALSE(fit.concurrency(fit.peak_throughput * 1.0001));
}

TEST_CASE("no step to any side fits better", "[capacity]") {
  for (const auto& samples : {kSpecSdm91, kRaytracer, cisco()}) {
    const UslFit fit = fit_usl(samples, 0.95);
    const double lambda = fit.lambda.value, sigma = fit.sigma.value, kappa = fit.kappa.value;
    const double least = squares(samples, lambda, sigma, kappa) * (1 - 1e-12);
    for (const double by : {0.999, 0.99999, 1.00001, 1.001}) {
      CHECK(squares(samples, lambda * by, sigma, kappa) >= least);
      CHECK(squares(samples, lambda, sigma * by, kappa) >= least);
      CHECK(squares(samples, lambda, sigma, std::max(kappa, 1e-5) * by) >= least);
    }
  }
}

TEST_CASE("exact data give their parameters, in any unit", "[capacity]") {
  for (const double unit : {1e-9, 1.0, 1e9}) {
    for (const double spread : {1.0, 100.0, 1e6}) {
      const double sigma = 0.05 / spread, kappa = 1e-3 / spread / spread;
      std::vector<UslSample> samples;
      for (int i = 1; i <= 10; ++i) {
        const double n = 1 + (i - 1) * 5 * spread;
        const double x = 40 * unit * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
        samples.push_back({n, x});
      }
      const UslFit fit = fit_usl(samples, 0.95);
      CHECK(fit.lambda.value == Approx(40 * unit).epsilon(1e-6));
      CHECK(fit.sigma.value == Approx(sigma).epsilon(1e-6));
      CHECK(fit.kappa.value == Approx(kappa).epsilon(1e-6));
      CHECK(fit.deviation < 1e-6 * unit);
    }
  }
}

TEST_CASE("a parameter that would be negative is 0, and the others are the best beside it",
          "[capacity]") {
  // Faster than linear: both are at 0, and lambda is the line through the origin.
  std::vector<UslSample> superlinear;
  double above = 0, below = 0;
  for (int n = 1; n <= 8; ++n) {
    superlinear.push_back({double(n), 10 * std::pow(n, 1.3)});
    above += n * 10 * std::pow(n, 1.3);
    below += n * n;
  }
  UslFit fit = fit_usl(superlinear, 0.95);
  CHECK(fit.sigma.value == 0);
  CHECK(fit.kappa.value == 0);
  CHECK(fit.lambda.value == Approx(above / below));
  // Linear at first and then down: no contention, but coherency.
  std::vector<UslSample> late;
  for (int n = 1; n <= 8; ++n) late.push_back({double(n), 10.0 * n / (1 + 0.004 * n * n * n)});
  fit = fit_usl(late, 0.95);
  CHECK(fit.sigma.value == 0);
  CHECK(fit.kappa.value > 0);
  CHECK(fit.peak.value > 3);
}

// By chance 5 in 100 miss; at 400 runs the count of misses is 20 ± 4.4.
TEST_CASE("an interval holds the truth as often as it says", "[capacity]") {
  constexpr double kLambda = 100, kSigma = 0.03, kKappa = 4e-4;
  const double peak = std::sqrt((1 - kSigma) / kKappa);
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise(0, 20);
  int lambda = 0, sigma = 0, kappa = 0, peaks = 0;
  constexpr int kRuns = 400;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<UslSample> samples;
    for (const double n : {1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 80, 96}) {
      const double x = kLambda * n / (1 + kSigma * (n - 1) + kKappa * n * (n - 1));
      samples.push_back({n, std::max(x + noise(random), 1.0)});
    }
    const UslFit fit = fit_usl(samples, 0.95);
    const auto holds = [](const Interval& i, double truth) {
      return i.low <= truth && !(i.high < truth);
    };
    lambda += !holds(fit.lambda, kLambda);
    sigma += !holds(fit.sigma, kSigma);
    kappa += !holds(fit.kappa, kKappa);
    peaks += !holds(fit.peak, peak);
  }
  for (const int missed : {lambda, sigma, kappa, peaks}) {
    INFO("missed " << missed);
    CHECK(missed >= 6);
    CHECK(missed <= 36);
  }
}

// Whatever was observed: figures of a law, or none, in an order that holds.
TEST_CASE("odd data give a law that means something", "[capacity]") {
  std::mt19937_64 random(3);
  const auto below = [&](uint64_t n) { return random() % n; };
  for (int run = 0; run < 5'000; ++run) {
    std::vector<UslSample> samples;
    const uint64_t kind = below(6), count = 6 + below(8);
    for (uint64_t i = 0; i < count; ++i) {
      const double n = kind == 0   ? 1 + 1e-9 * static_cast<double>(i)
                       : kind == 1 ? std::pow(10.0, static_cast<double>(below(16)))
                                   : 1 + static_cast<double>(i < 3 ? i : below(100));
      const double x = kind == 2   ? 1
                       : kind == 3 ? std::pow(10.0, static_cast<double>(below(31)) - 15)
                       : kind == 4 ? n * n * n
                       : kind == 5 ? 1e-300
                                   : 1 + static_cast<double>(below(1000));
      samples.push_back({n, x});
    }
    const UslFit fit = fit_usl(samples, 0.95);
    INFO("kind " << kind << ", run " << run);
    for (const Interval& i : {fit.lambda, fit.sigma, fit.kappa}) {
      REQUIRE(std::isfinite(i.value));
      REQUIRE(i.value >= 0);
      REQUIRE_FALSE(i.low > i.value);
      REQUIRE_FALSE(i.high < i.value);
    }
    REQUIRE(fit.lambda.value > 0);
    REQUIRE(std::isnan(fit.peak.value) == (fit.kappa.value == 0));
    REQUIRE_FALSE(fit.peak.value < 1);
    REQUIRE_FALSE(fit.peak.low > fit.peak.value);
    REQUIRE_FALSE(fit.peak.high < fit.peak.value);
    REQUIRE(fit.throughput(7) > 0);
  }
}

// Student's own table.
TEST_CASE("Student's t is its table's", "[capacity]") {
  CHECK(student_t(0.95, 1) == Approx(12.706).margin(5e-4));
  CHECK(student_t(0.95, 2) == Approx(4.303).margin(5e-4));
  CHECK(student_t(0.95, 3) == Approx(3.182).margin(5e-4));
  CHECK(student_t(0.95, 4) == Approx(2.776).margin(5e-4));
  CHECK(student_t(0.90, 10) == Approx(1.812).margin(5e-4));
  CHECK(student_t(0.99, 29) == Approx(2.756).margin(5e-4));
  CHECK(student_t(0.999, 30) == Approx(3.646).margin(5e-4));
  CHECK(student_t(0.95, 1997) == Approx(1.961).margin(5e-4));
  CHECK(student_t(0, 5) == Approx(0).margin(1e-9));
}

}  // namespace og
