// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/replay/comparison.h"
#include "bindings/cli/replay/recommend.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

// The summary as one JSON object, in ASCII. Bytes that are not UTF-8 become U+FFFD; a figure that
// is not finite, null.
std::string to_json(const Summary& summary);
// Two such as `first` and `second`, and what differs as `compared`.
std::string to_json(const Comparison& comparison);
// The section's options as text, and what they and those of the configuration came to.
std::string to_json(const Recommendation& recommendation);

// The same on one line, with the timeline that the report's charts are drawn from, at most
// kChartPoints points, and with every '<' escaped, so that it may stand inside a script element.
inline constexpr std::size_t kChartPoints = 1440;
std::string to_report_data(const Summary& summary);
// The first's, with the second's as `compared`.
std::string to_report_data(const Comparison& comparison);

}  // namespace og::cli
