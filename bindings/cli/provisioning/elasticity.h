// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace og::cli {

/*
 * How closely supply follows demand, after Herbst et al., "Quantifying Cloud Performance and
 * Dependability" (ACM ToMPECS 3(4), 2018), in percent of the time or of the demand. Demand is the
 * least number of instances that serve a slice's load, at least 1; supply is the number that
 * serves.
 */
struct ElasticityFigures {
  double under_amount = 0;  // what was missing, relative to demand, in the mean of all slices
  double over_amount = 0;   // what was too much, likewise
  double under_time = 0;    // of the time, with too few
  double over_time = 0;     // of the time, with too many
  double instability = 0;   // of the time, in which the two did not move in the same direction
  int64_t changes = 0;      // of supply, from one slice to the next
  int64_t reversals = 0;    // of these, changes the other way than the change before
};

class Elasticity {
 public:
  void add(int64_t demand, int64_t supply);
  ElasticityFigures figures() const;

 private:
  double under_ = 0;
  double over_ = 0;
  int64_t slices_ = 0;
  int64_t slices_under_ = 0;
  int64_t slices_over_ = 0;
  int64_t apart_ = 0;
  int64_t changes_ = 0;
  int64_t reversals_ = 0;
  int last_direction_ = 0;
  int64_t demand_ = 0;
  int64_t supply_ = 0;
};

}  // namespace og::cli
