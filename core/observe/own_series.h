// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/status.h"
#include "core/observe/series_index.h"
#include "core/observe/series_record.h"
#include "core/scope/place.h"

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
  enum class Kind { kCounter, kGauge, kHistogram };

  static uint64_t bytes_for(int64_t series) {
    return static_cast<uint64_t>(series) * sizeof(SeriesRecord);
  }
  // memory: bytes_for(series).
  OwnSeries(CellMemory memory, int64_t series)
      : memory_(std::move(memory)),
        records_(reinterpret_cast<SeriesRecord*>(memory_.data())),
        capacity_(static_cast<int32_t>(series)) {}

  // The series of this family and instance, made if it is new. An empty instance is a series
  // without the label `name`. kInvalidArgument for a text that is not UTF-8.
  Result<int32_t> define(Kind kind, std::string_view family, std::string_view help,
                         std::string_view instance);

  // kInvalidArgument for an id that was never given or is of another kind.
  Status increment(int32_t id, int64_t by) noexcept;  // by >= 0; up to the largest int64_t
  Status set(int32_t id, double value) noexcept;
  Status observe(int32_t id, int64_t ns) noexcept;

  void collect(MetricSink& sink) const;
  std::vector<std::string> faults() const;  // what no call leaves behind

 private:
  static constexpr int32_t kNew = SeriesIndex::kNone;

  SeriesRecord* find(int32_t id, Kind kind) const noexcept;
  // The id that these names have, or kNew. indexed_ is then the first id that is nobody's.
  Result<int32_t> look_up(Kind kind, std::string_view family, std::string_view instance)
      OG_REQUIRES(mutex_);

  const CellMemory memory_;
  SeriesRecord* const records_;
  const int32_t capacity_;
  mutable ForkMutex mutex_;  // of those who define
  SeriesIndex index_ OG_GUARDED_BY(mutex_){[this](int32_t id) { return records_[id].names(); }};
  // As many records as the index knows: ids are given in order.
  int32_t indexed_ OG_GUARDED_BY(mutex_) = 0;
};

}  // namespace og
