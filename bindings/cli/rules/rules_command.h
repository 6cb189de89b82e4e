// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// `outgrow rules`: Prometheus' rules for objectives whose events outgrow counts.
class RulesCommand {
 public:
  explicit RulesCommand(CLI::App& app);

  bool is_parsed() const { return command_->parsed(); }
  Result<void> run() const;

 private:
  CLI::App* command_;
  std::vector<std::string> objectives_;
  int min_bad_events_ = 10;
};

}  // namespace og::cli
