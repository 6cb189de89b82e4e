// SPDX-License-Identifier: Apache-2.0
// Google Benchmark's console, and after it each benchmark as a multiple of the floors that its
// label names ("clock+cas+call"): a ratio within one run says something on a noisy machine, a time
// does not.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

// Google Benchmark 1.8 has renamed it.
template <class Run>
bool was_skipped(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred;
  } else {
    return run.skipped != decltype(run.skipped){};
  }
}

class FloorReporter : public benchmark::ConsoleReporter {
 public:
  FloorReporter() : ConsoleReporter(isatty(STDOUT_FILENO) ? OO_Defaults : OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (was_skipped(run)) continue;
      std::string name = run.benchmark_name();
      double ns = run.GetAdjustedCPUTime();
      if (name.rfind("floor_", 0) == 0) floors_.emplace(name.substr(6, name.find('/') - 6), ns);
      if (!run.report_label.empty()) rows_.push_back({name, run.report_label, ns});
    }
    ConsoleReporter::ReportRuns(runs);
  }

  void Finalize() override {
    if (rows_.empty()) return;
    std::printf("\n%-40s %9s %9s %9s  %s\n", "multiples of the floor", "ns", "floor", "multiple",
                "of");
    for (const Row& row : rows_) {
      double floor = 0;
      bool known = true;
      std::istringstream parts(row.label);
      for (std::string part; std::getline(parts, part, '+');) {
        known = known && floors_.count(part) != 0;
        if (known) floor += floors_[part];
      }
      if (!known) continue;
      std::printf("%-40s %9.1f %9.1f %8.2fx  %s\n", row.name.c_str(), row.ns, floor, row.ns / floor,
                  row.label.c_str());
    }
  }

 private:
  struct Row {
    std::string name, label;
    double ns;
  };
  std::map<std::string, double> floors_;  // on one thread, which is measured first
  std::vector<Row> rows_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  FloorReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}
