// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/output/html.h"

#include "bindings/cli/output/json.h"

namespace og::cli {

std::string to_html(const Summary& summary) {
  return kReportHead + to_report_data(summary) + kReportTail;
}

std::string to_html(const Comparison& comparison) {
  return kReportHead + to_report_data(comparison) + kReportTail;
}

}  // namespace og::cli
