// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// `outgrow autoscale`: an autoscaler for whatever a shell can ask and order.
class AutoscaleCommand {
 public:
  explicit AutoscaleCommand(CLI::App& app);

  bool is_parsed() const { return command_->parsed(); }
  Result<void> run() const;

 private:
  CLI::App* command_;
  std::string file_;
  bool once_ = false, dry_run_ = false;
};

}  // namespace og::cli
