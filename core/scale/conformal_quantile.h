// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/scale/state_archive.h"

namespace og {

// A bound that a share `level` of the scores stays under, whatever they are distributed like and
// however that changes: a score over the bound raises it by step * level, one under it lowers it by
// step * (1 - level). Over T scores the share that was missed is then 1 - level but for the bound's
// own way, divided by step * T; no assumption is made for that.
//
// Gibbs and Candes 2021, "Adaptive conformal inference under distribution shift"; tracked on the
// score itself as by Angelopoulos, Candes and Tibshirani 2023, "Conformal PID control for time
// series prediction".
class ConformalQuantile {
 public:
  ConformalQuantile(double level, double step, double begin)
      : level_(level), step_(step), value_(begin) {}

  void update(double score) { value_ += step_ * (score > value_ ? level_ : level_ - 1); }

  double value() const { return value_; }

  void state(StateArchive& archive) { archive.value(value_); }

 private:
  double level_, step_;
  double value_;
};

}  // namespace og
