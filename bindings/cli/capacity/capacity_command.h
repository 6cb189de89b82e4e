// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// `outgrow capacity`: how a system scales, by what a load test has measured, and how many instances
// a load needs.
class CapacityCommand {
 public:
  explicit CapacityCommand(CLI::App& app);

  bool is_parsed() const { return command_->parsed(); }
  Result<void> run() const;

 private:
  CLI::App* command_;
  std::string file_, format_ = "text";
  std::vector<std::string> rates_, options_;
};

}  // namespace og::cli
