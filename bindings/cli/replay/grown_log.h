// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "bindings/cli/replay/settings.h"
#include "bindings/cli/tally/timeline.h"

namespace og::cli {

// What each slice of a log brings: instances that it fills, and requests.
struct GrownLog {
  std::vector<double> loads;
  std::vector<double> requests;
};

GrownLog log_as_it_is(const Timeline& timeline, const ServiceTime& model);

// Grown as provisioning/superposition.h has it.
GrownLog superposed(const GrownLog& log, double growth, int64_t width_s);
GrownLog copied(const GrownLog& log, double growth, int64_t width_s);

}  // namespace og::cli
