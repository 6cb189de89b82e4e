// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bindings/cli/replay/replay.h"
#include "bindings/cli/replay/summary.h"
#include "bindings/cli/tally/distinct.h"
#include "bindings/cli/tally/worst.h"

namespace og::cli {

// The requests that one of two configurations denies and the other lets through.
struct DeniedAlone {
  int64_t requests = 0;
  int64_t clients = 0;
  bool worst_exact = true;
  std::vector<WorstNames::Name> worst;
};

// An option, the service-time model's among them, that is not the same in both.
struct DifferingOption {
  std::string name, first, second;
};

// What one log comes to under two configurations.
struct Comparison {
  Summary first, second;
  std::vector<DifferingOption> options;
  int64_t denied_by_both = 0;
  DeniedAlone by_first, by_second;
};

// Two replays of one log, line by line.
class ComparedReplay {
 public:
  static Result<ComparedReplay> create(const ReplaySettings& first, const ReplaySettings& second);

  void feed(const LogRecord& record);
  Result<Comparison> finish(const LogMerge& log);

 private:
  struct Tally {
    int64_t requests = 0;
    DistinctCount clients;
    WorstNames worst;

    void add(const LogRecord& record, uint64_t client);
    DeniedAlone taken(std::size_t most) const;
  };

  ComparedReplay(const ReplaySettings& first, const ReplaySettings& second, Replay one,
                 Replay other)
      : first_settings_(first),
        second_settings_(second),
        first_(std::move(one)),
        second_(std::move(other)) {}

  const ReplaySettings& first_settings_;
  const ReplaySettings& second_settings_;
  Replay first_, second_;
  int64_t both_ = 0;
  Tally by_first_, by_second_;
};

}  // namespace og::cli
