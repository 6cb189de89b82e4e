// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/replay/settings.h"

namespace og::cli {

// What `outgrow autoscale` is told by its file: the autoscaler's options in [autoscaler], and at
// the top what is below.
struct LoopSettings {
  struct Source {
    std::string metric;  // as the library calls it
    std::string command;
  };

  ReplaySettings file;  // its path, and the section [autoscaler]
  std::string name;     // of what is scaled: in the log and the metrics
  std::chrono::milliseconds every{15'000}, timeout{10'000};
  std::string current, ready;   // commands that print how many are wanted, and how many serve
  std::vector<Source> sources;  // commands that print a metric
  std::string apply;            // a command that makes it so
  std::string state, textfile;  // files, or ""
  bool dry_run = false;

  // dry_run: whatever the file says.
  static Result<LoopSettings> load(const std::string& path, bool dry_run);
};

}  // namespace og::cli
