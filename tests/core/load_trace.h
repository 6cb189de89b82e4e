// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace og::test {

// A load over equal bins from `start`; NaN where the trace has no sample.
struct LoadTrace {
  int64_t start_s = 0;
  int64_t step_s = 0;
  std::vector<double> values;
};

// "epoch or YYYY-MM-DD HH:MM:SS,value" after a line of headings, gzipped.
inline LoadTrace read_load(const std::string& path, int64_t step_s) {
  LoadTrace trace{0, step_s, {}};
  std::FILE* file = popen(("gzip -dc '" + path + "'").c_str(), "r");
  if (!file) return trace;
  char line[128];
  while (std::fgets(line, sizeof line, file)) {
    std::tm when{};
    long long at = 0;
    double value = 0;
    if (std::sscanf(line, "%d-%d-%d %d:%d:%d,%lf", &when.tm_year, &when.tm_mon, &when.tm_mday,
                    &when.tm_hour, &when.tm_min, &when.tm_sec, &value) == 7) {
      when.tm_year -= 1900;
      when.tm_mon -= 1;
      at = timegm(&when);
    } else if (std::sscanf(line, "%lld,%lf", &at, &value) != 2) {
      continue;
    }
    if (trace.values.empty()) trace.start_s = at;
    const auto bin = static_cast<size_t>((at - trace.start_s) / step_s);
    if (bin >= trace.values.size()) trace.values.resize(bin + 1, std::nan(""));
    trace.values[bin] = value;
  }
  pclose(file);
  return trace;
}

// The sums of each `count` values, as a trace of longer bins.
inline LoadTrace sum_bins(const LoadTrace& trace, size_t count) {
  LoadTrace sums{trace.start_s, trace.step_s * static_cast<int64_t>(count), {}};
  for (size_t i = 0; i + count <= trace.values.size(); i += count) {
    double sum = 0;
    for (size_t k = 0; k < count; ++k) sum += trace.values[i + k];
    sums.values.push_back(sum);
  }
  return sums;
}

}  // namespace og::test
