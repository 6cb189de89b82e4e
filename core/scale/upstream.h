// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/scale/last_minute.h"

namespace og {

// Whether what calls the service has fallen silent: a load balancer, a gateway, a network that is
// out. Then the load is low and all is well, and those who could not call will all call at once.
//
// An outage is told when three minutes in a row had a request rate below what this time of day
// usually has by four deviations of its scatter. That scatter is the index of dispersion of the
// rate about its usual value, averaged over a week and no less than 1, that of independent
// requests: where weekends are unlike weekdays it is large, and little is told. An outage counts
// for hold_ns. If the rate is still low then, it is what the rate now is, until it has been back.
class Upstream {
 public:
  explicit Upstream(int64_t hold_ns) : hold_ns_(hold_ns) {}

  void use(int64_t hold_ns) { hold_ns_ = hold_ns; }

  // `usual` for the time of day, where it is known.
  void add(int64_t now, double rate, std::optional<double> usual);

  void state(StateArchive& archive) {
    minute_.state(archive);
    archive.time(last_);
    archive.time(judged_);
    for (double* each : {&dispersion_, &samples_, &bound_}) archive.value(*each);
    archive.value(low_);
    int32_t accepted = accepted_;
    archive.value(accepted);
    accepted_ = accepted != 0;
    archive.time(since_);
  }

  bool out(int64_t now) const { return since_ && now - *since_ < hold_ns_; }
  // Whether a rate is as low as in an outage, so that it is no sample of the usual.
  bool doubtful(double rate, int64_t now) const {
    return out(now) || (hold_ns_ > 0 && !accepted_ && rate < bound_);
  }
  double rate() const { return minute_.mean(); }
  double bound() const { return bound_; }

 private:
  void learn(double rate, double usual, double minutes);

  int64_t hold_ns_;
  LastMinute minute_;
  int64_t last_ = -1, judged_ = -1;
  double dispersion_ = 1, samples_ = 0;
  double bound_ = 0;  // below it is too low
  int32_t low_ = 0;   // minutes in a row
  bool accepted_ = false;
  std::optional<int64_t> since_;
};

}  // namespace og
