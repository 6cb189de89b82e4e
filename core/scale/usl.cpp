// SPDX-License-Identifier: Apache-2.0
#include "core/scale/usl.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/scale/givens.h"
#include "core/scale/student_t.h"

namespace og {
namespace {

// How it is fitted. The law is nonlinear in sigma and kappa, and the textbooks' way around that, a
// parabola through N/X - 1, fits another error and needs the throughput of one to be exact. Here it
// is the least squares of the throughput itself, as R's package usl has it, by Levenberg and
// Marquardt's method (Moré 1978) with the steps solved by Givens rotations. All is scaled so that
// the unknowns are of the order of one, whatever the units. It begins at the solution of
//
//   N/X = (1 + sigma (N - 1) + kappa N (N - 1)) / lambda,
//
// which is linear in 1/lambda, sigma/lambda and kappa/lambda, each row weighted by X²/N: by that
// weight its error is, to first order, one of X. A parameter below zero means nothing. So where the
// free minimum has one, the best of those with sigma, kappa or both at zero is taken: with two
// bounds these are all that the conditions of Karush, Kuhn and Tucker leave.
//
// The intervals are Student's t on the standard errors of the linearized law at the minimum, as R's
// confint has them, cut at zero. They take the scatter to be alike at every concurrency. The peak's
// is made of its logarithm, by the delta method: it is a ratio, and skewed.
using Vector = Givens::Row;  // lambda, sigma, kappa, scaled

struct Scaled {
  std::span<const UslSample> samples;
  double concurrency, throughput;  // what the highest are

  double n(std::size_t i) const { return samples[i].concurrency / concurrency; }
  double x(std::size_t i) const { return samples[i].throughput / throughput; }
  // N - 1 in the scale of N.
  double others(std::size_t i) const { return (samples[i].concurrency - 1) / concurrency; }

  double divisor(std::size_t i, const Vector& p) const {
    return 1 + p[1] * others(i) + p[2] * n(i) * others(i);
  }
  // The sum of squared residuals; infinite where the curve has a pole or turns negative.
  double squares(const Vector& p) const {
    double sum = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double divided = divisor(i, p);
      if (divided <= 0) return std::numeric_limits<double>::infinity();
      const double residual = x(i) - p[0] * n(i) / divided;
      sum += residual * residual;
    }
    return sum;
  }
  // d X(N) / d p of a sample.
  Vector slope(std::size_t i, const Vector& p) const {
    const double divided = divisor(i, p), by_lambda = n(i) / divided;
    const double by_divisor = -p[0] * by_lambda / divided;
    return {by_lambda, by_divisor * others(i), by_divisor * n(i) * others(i)};
  }
};

using Free = std::array<bool, 3>;  // which parameters are not held at zero

Vector masked(Vector row, const Free& free) {
  for (std::size_t k = 0; k < row.size(); ++k) row[k] = free[k] ? row[k] : 0;
  return row;
}

Vector first_guess(const Scaled& data, const Free& free) {
  Givens linear;
  double steepest = 0;
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    const double n = data.n(i), x = data.x(i), others = data.others(i);
    const double weight = x * x / n;
    linear.add(masked({weight, weight * others, weight * n * others}, free), weight * n / x);
    steepest = std::max(steepest, x / n);
  }
  const Vector found = linear.solve();
  if (!(found[0] > 0)) return masked({steepest, 1, 1}, free);
  return {1 / found[0], std::max(found[1] / found[0], 0.0), std::max(found[2] / found[0], 0.0)};
}

// One step to where the sum of squares of the linearized law is least. damping: of the steps' size.
Vector step_from(const Scaled& data, const Vector& at, const Free& free, double damping) {
  Givens linear;
  Vector lengths{};  // of the slopes, squared: the damping is in their scale
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    const Vector slope = masked(data.slope(i, at), free);
    linear.add(slope, data.x(i) - at[0] * data.n(i) / data.divisor(i, at));
    for (std::size_t k = 0; k < slope.size(); ++k) lengths[k] += slope[k] * slope[k];
  }
  for (std::size_t k = 0; k < lengths.size(); ++k) {
    Vector row{};
    row[k] = std::sqrt(damping * lengths[k]);
    linear.add(row, 0);
  }
  return linear.solve();
}

// Of a step against where it is taken from: the largest share of a parameter.
double size_of(const Vector& step, const Vector& at) {
  double largest = 0;
  for (std::size_t k = 0; k < step.size(); ++k) {
    largest = std::max(largest, std::fabs(step[k]) / std::max(std::fabs(at[k]), 1e-12));
  }
  return largest;
}

Vector sum_of(const Vector& a, const Vector& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }

Vector minimum(const Scaled& data, const Free& free) {
  constexpr int kMostSteps = 500, kMostLast = 50;
  constexpr double kLeastGain = 1e-12, kStiffest = 1e12, kLeastStep = 1e-15;
  Vector at = first_guess(data, free);
  double squares = data.squares(at);
  double damping = 1e-3;
  for (int i = 0; i < kMostSteps && damping < kStiffest; ++i) {
    const Vector next = sum_of(at, step_from(data, at, free, damping));
    const double then = data.squares(next);
    if (then > squares || std::isnan(then)) {
      damping *= 10;
      continue;
    }
    const bool is_settled = squares - then <= kLeastGain * squares;
    at = next;
    squares = then;
    damping = std::max(damping / 10, 1e-15);
    if (is_settled) break;
  }
  // The sum of squares is flat there and tells half of the digits: the last are by steps alone, as
  // long as they shrink.
  double before = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kMostLast; ++i) {
    const Vector step = step_from(data, at, free, 0);
    const double size = size_of(step, at);
    const Vector next = sum_of(at, step);
    if (!(size < before / 1.1) || !(data.squares(next) <= squares * (1 + 1e-9) + 1e-30)) break;
    at = next;
    if (size < kLeastStep) break;
    before = size;
  }
  return at;
}

bool is_allowed(const Vector& p) { return p[0] > 0 && p[1] >= 0 && p[2] >= 0; }

Vector best(const Scaled& data) {
  const Vector found = minimum(data, {true, true, true});
  if (is_allowed(found)) return found;
  Vector least{1, 0, 0};
  double squares = std::numeric_limits<double>::infinity();
  for (const Free& free :
       {Free{true, true, false}, Free{true, false, true}, Free{true, false, false}}) {
    const Vector held = minimum(data, free);
    if (is_allowed(held) && data.squares(held) < squares) {
      least = held;
      squares = data.squares(held);
    }
  }
  return least;
}

Interval around(double value, double error) {
  return {value, std::max(value - error, 0.0), value + error};
}

}  // namespace

double UslFit::throughput(double n) const {
  return lambda.value * n / (1 + sigma.value * (n - 1) + kappa.value * n * (n - 1));
}

std::optional<double> UslFit::concurrency(double wanted) const {
  // X kappa N² - (lambda - X (sigma - kappa)) N + X (1 - sigma) = 0, its smaller root, by the form
  // that does not cancel.
  const double a = wanted * kappa.value;
  const double b = lambda.value - wanted * (sigma.value - kappa.value);
  const double c = wanted * (1 - sigma.value);
  if (throughput(1) >= wanted) return 1;
  const double inside = b * b - 4 * a * c;
  if (!(b > 0) || !(inside >= 0) || !(c > 0)) return std::nullopt;
  return std::max(2 * c / (b + std::sqrt(inside)), 1.0);
}

UslFit fit_usl(std::span<const UslSample> samples, double confidence) {
  Scaled data{samples, 1, 0};
  for (const UslSample& sample : samples) {
    data.concurrency = std::max(data.concurrency, sample.concurrency);
    data.throughput = std::max(data.throughput, sample.throughput);
  }
  const Vector p = best(data);
  Givens slopes;
  for (std::size_t i = 0; i < samples.size(); ++i) slopes.add(data.slope(i, p), 0);
  const auto inverse = slopes.inverse();

  const auto degrees = static_cast<int64_t>(samples.size()) - 3;
  const double deviation = std::sqrt(data.squares(p) / static_cast<double>(degrees));
  const double range = student_t(confidence, degrees) * deviation;
  // Half of the interval of a sum of the parameters, each times its factor.
  const auto half = [&](const Vector& factors) {
    double sum = 0;
    for (std::size_t column = 0; column < 3; ++column) {
      double part = 0;
      for (std::size_t i = 0; i < 3; ++i) part += factors[i] * inverse[i][column];
      sum += part * part;
    }
    return range * std::sqrt(sum);
  };

  const double of_lambda = data.throughput / data.concurrency;
  const double of_sigma = 1 / data.concurrency, of_kappa = of_sigma / data.concurrency;
  UslFit fit{};
  fit.lambda = around(p[0] * of_lambda, half({1, 0, 0}) * of_lambda);
  fit.sigma = around(p[1] * of_sigma, half({0, 1, 0}) * of_sigma);
  fit.kappa = around(p[2] * of_kappa, half({0, 0, 1}) * of_kappa);
  fit.deviation = deviation * data.throughput;
  fit.highest = data.concurrency;
  fit.samples = static_cast<int64_t>(samples.size());

  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  fit.peak = {kNone, kNone, kNone};
  fit.peak_throughput = kNone;
  if (fit.kappa.value > 0) {
    const double value = std::sqrt(std::max(1 - fit.sigma.value, 0.0) / fit.kappa.value);
    fit.peak = {std::max(value, 1.0), 1, std::max(value, 1.0)};
    if (value > 1) {
      // d log N* / d sigma, and d kappa, of the scaled ones.
      const double error = half({0, -0.5 * of_sigma / (1 - fit.sigma.value), -0.5 / p[2]});
      fit.peak.low = std::max(value * std::exp(-error), 1.0);
      fit.peak.high = fit.kappa.low > 0 ? value * std::exp(error) : kNone;
    }
    fit.peak_throughput = fit.throughput(fit.peak.value);
  }
  return fit;
}

}  // namespace og
