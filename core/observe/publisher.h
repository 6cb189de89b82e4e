// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "core/observe/process_sums.h"
#include "core/observe/prometheus_text.h"
#include "core/observe/sources.h"

namespace og {

// Brings what this process' nouns count into the sums of all processes (process_sums.h), when it is
// called: there is no thread, and no call of a noun costs more. Before a fork all that are alive
// publish; what other threads count between that and the fork, both processes publish.
class Publisher {
 public:
  static std::shared_ptr<Publisher> create(std::shared_ptr<const Sources> sources,
                                           CellMemory memory, int64_t series, int64_t every_ns);

  // Waits::kNo: a series that is new, while another process changes the scope, is brought with the
  // next ones.
  void publish(SeriesTable::Waits waits) { sample(waits); }
  // Where the last time was `every_ns` ago. Waits for nobody.
  void publish_when_due();
  const ProcessSums& sums() const noexcept { return sums_; }
  // Publishes, and shows the sums, and what all count together.
  void show(PrometheusText& text);

 private:
  Publisher(std::shared_ptr<const Sources> sources, CellMemory memory, int64_t series,
            int64_t every_ns)
      : sources_(std::move(sources)), every_ns_(every_ns), sums_(std::move(memory), series) {}

  SampleSink sample(SeriesTable::Waits waits);

  const std::shared_ptr<const Sources> sources_;
  const int64_t every_ns_;
  std::atomic<int64_t> due_{0};
  ProcessSums sums_;
};

}  // namespace og
