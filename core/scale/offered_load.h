// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/scale/last_minute.h"

namespace og {

// The load that is offered to a fleet, in instances that it would fill: how high it is, how much
// it scatters, and whether it is on the rise.
//
// The level is an exponential average over 20 minutes. The scatter about it is told by the index of
// dispersion, variance over mean, averaged over 4 hours: the work of independent requests scatters
// as the root of its level, so the index stays when the level moves. One wild sample counts as
// three deviations at most. The first samples are plain means. A sample here is a minute's mean,
// however often one comes: how much a load scatters hangs on the time that it is counted over, and
// what is over in seconds waits in a queue.
//
// An average is late on a step or a ramp. When every sample of four minutes, and three at least,
// was above what the scatter explains, the load has changed: the level is the mean of these, and
// what the rise makes of it by the time that an instance ordered now serves is provided for, for
// minutes. This is Page's run test (1954, "Continuous inspection schemes").
class OfferedLoad {
 public:
  // `load` is what is offered now, `start_ns` what an instance takes to start. A sample that is not
  // later than the one before is left out.
  void add(int64_t now, double load, int64_t start_ns);
  // What came is no measure: neither of the load nor of a change.
  void skip(int64_t now);

  void state(StateArchive& archive);

  // The level, or the rise where that is higher; 0 until a sample has come.
  double base() const { return rise_ > level_ ? rise_ : level_; }
  // How far above the base `margin` deviations reach.
  double scatter(double margin) const;

  // Of the last minute's samples; 0 where none has come.
  double recent() const { return minute_.mean(); }
  double level() const { return level_; }
  double dispersion() const { return dispersion_; }

 private:
  // Samples above what scatter explains, without a break.
  struct Run {
    int64_t since = 0;
    double first = 0, sum = 0;
    int32_t samples = 0;
  };

  void learn(double load, double minutes);
  void watch(int64_t now, double load, double minutes, double start_minutes);

  double level_ = 0;
  double dispersion_ =
      0.16;  // of the work of web requests, a minute's samples; one sample's weight
  double rise_ = 0, slope_ = 0;
  double samples_ = 0;
  int64_t last_ = -1, learned_ = -1;
  LastMinute minute_;
  Run run_;
};

// The weight of a sample in an exponential average with time constant `tau`, `passed` after the
// sample before it: at least that of one among `samples`.
double sample_weight(double passed, double tau, double samples);

}  // namespace og
