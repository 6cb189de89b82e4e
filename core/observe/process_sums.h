// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/observe/prometheus_text.h"
#include "core/observe/sample.h"
#include "core/observe/series_table.h"
#include "core/scope/place.h"

namespace og {

// What the processes of a scope each count for themselves, added up, so that whichever of them is
// asked shows the same.
//
// Counters and histograms. A process adds what it has counted since it last did, to a sum in memory
// that all share. So sums grow and nothing else: what a process added stays when it ends, and one
// that is killed loses what it had not added yet. What a process had added is remembered on its
// heap alone, which a forked child has a copy of: so a process adds all before it forks
// (publisher.h), or the child would add it again.
//
// Gauges. A process writes them into a column of its own, the one of its attachment to the scope.
// Of the columns whose processes live they are added, or the greatest is shown. A column is noted
// under its process' number once it has been emptied of its predecessor's.
//
// A series is known by its name and labels and takes a record for good. What finds none is not
// shown: one process' own counts would look like those of all.
class ProcessSums {
 public:
  static uint64_t bytes_for(int64_t series, uint32_t attachments);
  // memory: bytes_for(series, the scope's attachments), zeroed at first.
  ProcessSums(CellMemory memory, int64_t series);

  // How often samples were added: before those are taken that are to be.
  uint64_t rounds() const noexcept { return rounds_.load(std::memory_order_acquire); }
  enum class Added {
    kAll,
    kOvertaken,  // nothing: another thread has added its own since, which may be the newer ones
    kBusy        // all but new series, as another process is changing the scope
  };
  // Adds what samples have more than this process' last ones had. Waits for nobody.
  Added add(uint64_t rounds, const std::vector<Sample>& samples);

  // A series as all processes together have it.
  struct Sum {
    SeriesKind kind;
    SeriesRecord::Names names;  // its labels as the instance: key="value",...
    const SeriesRecord& record;
    double level = 0;  // of a gauge
  };
  // f(sum) of each that is not damaged; of gauges, those that a living process has.
  void each(const std::function<void(const Sum&)>& f) const;
  void show(PrometheusText& text) const;
  const Scope& scope() const noexcept { return table_.scope(); }
  int64_t left_out() const noexcept { return left_out_.load(std::memory_order_relaxed); }
  std::vector<std::string> faults() const;  // what no call leaves behind

 private:
  using Word = std::atomic<uint64_t>;
  struct Last {  // of this process
    int32_t id;
    uint64_t round = 0;
    int64_t count = 0;
    Histogram::Counts histogram{};
  };

  static uint32_t columns_for(uint32_t attachments);
  Word* column(uint64_t index) const noexcept {
    return levels_ + index * static_cast<uint64_t>(table_.capacity());
  }
  Word* own_column() const noexcept;
  Result<void> add_one(const Sample& sample, Word* levels) OG_REQUIRES(mutex_);

  SeriesTable table_;
  const uint32_t columns_;
  Word* const notes_;   // whose each column is: an owner's number
  Word* const levels_;  // column by column, a double's bits; 0: none
  mutable ForkMutex mutex_;
  std::map<std::string, Last, std::less<>> last_ OG_GUARDED_BY(mutex_);
  std::atomic<uint64_t> rounds_{0};
  std::atomic<int64_t> left_out_{0};
};

}  // namespace og
