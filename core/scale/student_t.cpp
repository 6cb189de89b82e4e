// SPDX-License-Identifier: Apache-2.0
#include "core/scale/student_t.h"

#include <cmath>
#include <numbers>

namespace og {
namespace {

// P(|T| < t) at angle = atan(t / sqrt(degrees)): the finite series that whole degrees have
// (Abramowitz and Stegun, 26.7.3 and 26.7.4).
double within(double angle, int64_t degrees) {
  const bool odd = degrees % 2 != 0;
  const double cosine = std::cos(angle), square = cosine * cosine;
  double term = odd ? cosine : 1, sum = 0;
  for (int64_t k = odd ? 1 : 0; k <= degrees - 2; k += 2) {
    sum += term;
    term *= square * static_cast<double>(k + 1) / static_cast<double>(k + 2);
  }
  const double series = std::sin(angle) * sum;
  return odd ? 2 / std::numbers::pi * (angle + series) : series;
}

}  // namespace

double student_t(double probability, int64_t degrees) {
  double low = 0, high = std::numbers::pi / 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (within(middle, degrees) < probability ? low : high) = middle;
  }
  return std::tan(low) * std::sqrt(static_cast<double>(degrees));
}

}  // namespace og
