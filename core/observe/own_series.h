// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/metric_sink.h"
#include "core/base/status.h"
#include "core/observe/series_table.h"

namespace og {

// Counters, gauges and latency histograms of the program's own, shown beside those of the nouns so
// that a service needs one endpoint and one client library less. A series is a small number, which
// any language can keep; it stays for the registry's lifetime. Defining takes a lock, bumping does
// not.
//
// In a scope all processes count into the same series, which any of them shows; of a gauge the last
// value set stands.
class OwnSeries {
 public:
  using Kind = SeriesKind;

  static uint64_t bytes_for(int64_t series) { return SeriesTable::bytes_for(series); }
  // memory: bytes_for(series).
  OwnSeries(CellMemory memory, int64_t series)
      : table_(std::move(memory), series, {"series of the program's own", "series"}) {}

  // The series of this family and instance, made if it is new. An empty instance is a series
  // without the label `name`. kInvalidArgument for a text that is not UTF-8.
  Result<int32_t> define(Kind kind, std::string_view family, std::string_view help,
                         std::string_view instance);

  // kInvalidArgument for an id that was never given or is of another kind.
  Status increment(int32_t id, int64_t by) noexcept;  // by >= 0; up to the largest int64_t
  Status set(int32_t id, double value) noexcept;
  Status observe(int32_t id, int64_t ns) noexcept;

  void collect(MetricSink& sink) const;
  // What no call leaves behind.
  std::vector<std::string> faults() const { return table_.faults(Kind::kHistogram); }

 private:
  SeriesTable table_;
};

}  // namespace og
