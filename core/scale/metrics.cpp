// SPDX-License-Identifier: Apache-2.0
#include "core/scale/metrics.h"

#include <iterator>

namespace og {
namespace {

constexpr const char* kNames[] = {"cpu_utilization", "memory_utilization", "request_rate",
                                  "response_time", "error_rate"};
static_assert(std::size(kNames) == kMetrics);

}  // namespace

const char* metric_name(Metric metric) { return kNames[static_cast<std::size_t>(metric)]; }

}  // namespace og
