// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/replay/comparison.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

// The report's page before and after its data: bindings/cli/report, put together by embed.cmake.
extern const char kReportHead[];
extern const char kReportTail[];

// The report, one file that loads nothing from anywhere.
std::string to_html(const Summary& summary);
// The first's, with the second beside it.
std::string to_html(const Comparison& comparison);

}  // namespace og::cli
