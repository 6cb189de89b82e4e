// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/scale/state_archive.h"

namespace og {

// An exponential average with time constant `tau_bins`; of its first values, their plain mean.
struct DecayedLevel {
  double tau_bins;
  double value = 0;
  double count = 0;

  // `bins` is how many have passed since the sample before.
  void update(double sample, int64_t bins) {
    count += 1;
    const double faded = -std::expm1(-static_cast<double>(bins) / tau_bins);
    value += std::max(faded, 1 / count) * (sample - value);
  }

  void state(StateArchive& archive) {
    archive.value(value);
    archive.value(count);
  }
};

}  // namespace og
