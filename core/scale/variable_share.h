// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/scale/state_archive.h"

namespace og {

// Weights of experts by their losses: each loss costs a factor e^(-rate * loss), and the part of a
// weight that its expert's loss puts at 1 - (1 - share)^loss goes to all alike. So one that was bad
// for weeks is back within hours once the others are, and who is right keeps what he has: this is
// the variable share of Herbster and Warmuth 1998, "Tracking the best expert". Their fixed share
// takes from all at each step. After a night in which all are right about nothing, none is then
// known to be better in the morning.
template <std::size_t N>
class VariableShare {
 public:
  VariableShare(double rate, double share) : rate_(rate), kept_(std::log1p(-share)) {
    weights_.fill(1.0 / N);
  }

  // Losses are not negative, and in units in which one of the usual quality loses about 1.
  void update(const std::array<double, N>& losses) {
    const double least = *std::min_element(losses.begin(), losses.end());
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) {
      weights_[i] *= std::exp(-rate_ * (losses[i] - least));
      sum += weights_[i];
    }
    double shared = 0;
    for (std::size_t i = 0; i < N; ++i) {
      weights_[i] /= sum;
      const double given = weights_[i] * -std::expm1(losses[i] * kept_);
      weights_[i] -= given;
      shared += given;
    }
    for (double& weight : weights_) weight += shared / N;
  }

  double mean(const std::array<double, N>& of) const {
    double sum = 0;
    for (std::size_t i = 0; i < N; ++i) sum += weights_[i] * of[i];
    return sum;
  }

  const std::array<double, N>& weights() const { return weights_; }

  void state(StateArchive& archive) {
    for (double& weight : weights_) archive.value(weight);
  }

 private:
  double rate_, kept_;
  std::array<double, N> weights_;
};

}  // namespace og
