// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "core/scale/state_archive.h"

namespace og {

// Least squares whose memory fades: each observation weighs `discount` times its successor
// (discount weighted regression: Brown 1963; for intraday loads, Taylor 2010, "Exponentially
// weighted methods for forecasting intraday time series with multiple seasonal cycles"). A ridge
// pulls the weights to a prior, so the system is solvable from the first observation on, and
// weights that the data no longer speak for drift back to the prior instead of winding up as the
// gain of recursive least squares does.
//
// Cost: N^3/6 multiplications per observation (N = 6: under a hundred), no allocation.
template <std::size_t N>
class DiscountedRegression {
 public:
  using Vector = std::array<double, N>;

  DiscountedRegression(double discount, double ridge, const Vector& prior)
      : discount_(discount), ridge_(ridge), prior_(prior), weights_(prior) {}

  double predict(const Vector& x) const {
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) sum += weights_[i] * x[i];
    return sum;
  }

  void observe(const Vector& x, double y) {
    for (std::size_t i = 0; i < N; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        gram_[i][j] = discount_ * gram_[i][j] + x[i] * x[j];
      }
      moment_[i] = discount_ * moment_[i] + x[i] * y;
    }
    if (!solve()) forget();
  }

  const Vector& weights() const { return weights_; }

  void state(StateArchive& archive) {
    for (std::size_t i = 0; i < N; ++i) {
      archive.value(weights_[i]);
      archive.value(moment_[i]);
      for (std::size_t j = 0; j <= i; ++j) archive.value(gram_[i][j]);
    }
  }

 private:
  // Cholesky on gram + ridge I; false when rounding has cost the matrix its definiteness.
  bool solve() {
    std::array<Vector, N> l{};
    Vector z{};
    for (std::size_t i = 0; i < N; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = gram_[i][j] + (i == j ? ridge_ : 0);
        for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
        if (i != j) {
          l[i][j] = sum / l[j][j];
        } else if (sum > 0 && std::isfinite(sum)) {
          l[i][i] = std::sqrt(sum);
        } else {
          return false;
        }
      }
      z[i] = moment_[i] + ridge_ * prior_[i];
      for (std::size_t k = 0; k < i; ++k) z[i] -= l[i][k] * z[k];
      z[i] /= l[i][i];
    }
    Vector w{};
    for (std::size_t i = N; i-- > 0;) {
      w[i] = z[i];
      for (std::size_t k = i + 1; k < N; ++k) w[i] -= l[k][i] * w[k];
      w[i] /= l[i][i];
      if (!std::isfinite(w[i])) return false;
    }
    weights_ = w;
    return true;
  }

  void forget() {
    gram_ = {};
    moment_ = {};
    weights_ = prior_;
  }

  double discount_;
  double ridge_;
  Vector prior_;
  Vector weights_;
  std::array<Vector, N> gram_{};  // lower triangle
  Vector moment_{};
};

}  // namespace og
