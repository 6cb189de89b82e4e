// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "bindings/cli/provisioning/hpa_rule.h"
#include "bindings/cli/provisioning/score.h"

namespace og::cli {

// What the autoscaler is measured by: each of them lives through the same load.
struct Course {
  std::vector<double> loads;  // a slice each, in instances
  int64_t width_s = 0;
  int64_t start_s = 0;    // from an instance's order until it serves
  double patience_s = 0;  // for which a client waits
};

// So many instances, all the time.
Provisioning with_constant(const Course& course, int64_t instances);

// The least for each slice, ordered in time by one who knows the load to come.
Provisioning with_foresight(const Course& course);

// Kubernetes' rule, asked at the end of each slice, from `initial` instances on.
struct HpaPlayed {
  Provisioning bill;
  std::vector<int32_t> serving;  // in each slice
};
HpaPlayed with_hpa(const Course& course, const HpaOptions& options, int32_t initial);

}  // namespace og::cli
