// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// What a load test or a dashboard has written down: two columns of numbers.
struct MeasuredTable {
  enum class Kind { kScalability, kUtilization };
  struct Row {
    double at, seen;
    std::size_t line;  // of the file, from 1
  };
  Kind kind = Kind::kScalability;
  std::vector<Row> rows;
};

// A CSV file whose first line names its columns, in any order and beside others: concurrency and
// throughput, or rate and utilization. Empty lines and those that begin with # are left out. name:
// of the file, for errors.
Result<MeasuredTable> read_table(std::istream& in, const std::string& name);

}  // namespace og::cli
