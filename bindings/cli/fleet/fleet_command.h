// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// `outgrow fleet`: limits that machines share over a Redis or Valkey server, as a machine has them,
// and what the server must be for them.
class FleetCommand {
 public:
  explicit FleetCommand(CLI::App& app);
  // CLI11 ends a command at "--". Takes the one out that stands between verify's FLEET and CLIENT.
  // How many arguments are left.
  static int take_mark_out(int argc, char** argv);

  bool is_parsed() const { return command_->parsed(); }
  Result<void> run() const;

 private:
  CLI::App* command_;
  CLI::App* status_;
  CLI::App* acl_;
  CLI::App* verify_;
  std::string segment_, fleet_, format_ = "text", user_ = "outgrow";
};

}  // namespace og::cli
