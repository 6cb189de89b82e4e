// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/grown_log.h"

#include <algorithm>

#include "bindings/cli/provisioning/superposition.h"

namespace og::cli {

GrownLog log_as_it_is(const Timeline& timeline, const ServiceTime& model) {
  GrownLog log;
  for (const Slice& slice : timeline.slices()) {
    const double work_ms = slice.work_ms + slice.logged_ms / model.in_flight;
    log.loads.push_back(work_ms / (static_cast<double>(timeline.width_s()) * 1000));
    log.requests.push_back(slice.requests);
  }
  return log;
}

GrownLog superposed(const GrownLog& log, double growth, int64_t width_s) {
  const auto reach = static_cast<std::size_t>(kLevelReachS / width_s);
  return {superposed(log.loads, growth, reach), superposed(log.requests, growth, reach)};
}

GrownLog copied(const GrownLog& log, double growth, int64_t width_s) {
  const auto minute = static_cast<std::size_t>(std::max<int64_t>(1, 60 / width_s));
  return {copied(log.loads, growth, minute), copied(log.requests, growth, minute)};
}

}  // namespace og::cli
