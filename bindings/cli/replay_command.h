// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

struct ReplayArguments {
  std::string config;
  std::string compare;  // a second configuration, or empty
  std::string format = "text";
  std::string report;
  std::string title;
  std::string log_format = "auto";
  std::vector<std::string> log_fields;
  bool recommend = false;
  double overloaded_minutes = 0;  // for --recommend
  bool strict = false;
  std::vector<std::string> logs;
};

// Prints the summary and writes the report, or does neither.
Result<void> run_replay(const ReplayArguments& arguments);

}  // namespace og::cli
