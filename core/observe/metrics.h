// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/observe/own_series.h"

namespace og {

extern const OptionTable kMetricsOptions;

// The registry: instances of nouns by name, rendered together on demand. It knows no noun, only
// that each can be asked to collect itself, and keeps what was added alive. Nothing is copied or
// counted until render(), which reads what the nouns count anyway.
//
// Safe from every thread; a noun may be in use, and others be added, while render() runs.
class Metrics {
 public:
  using Collect = std::function<void(MetricSink&)>;

  // In a scope the program's own series are those of all processes; what is added is this
  // process's, and shows what it counts, wherever it lies.
  static Result<std::unique_ptr<Metrics>> create(const Config& config, const Place& place = {});

  // kInvalidArgument when the name is empty, not UTF-8, or one that an instance of this kind has.
  Result<void> add(std::string_view kind, std::string_view name, Collect collect);
  template <class Noun>
  Result<void> add(std::string_view kind, std::string_view name, std::shared_ptr<Noun> noun) {
    return add(kind, name, Collect([noun = std::move(noun)](MetricSink& s) { noun->collect(s); }));
  }
  // How many instances of that name, of whatever kinds, there were.
  int64_t remove(std::string_view name);

  OwnSeries& own() { return own_; }
  std::string render() const;

 private:
  struct Source {
    std::string kind;
    std::string name;
    Collect collect;
  };

  Metrics(int buckets_per_octave, CellMemory memory, int64_t series)
      : buckets_per_octave_(buckets_per_octave), own_(std::move(memory), series) {}

  const int buckets_per_octave_;
  mutable ForkMutex mutex_;
  std::vector<Source> sources_ OG_GUARDED_BY(mutex_);
  // With the kinds, of the sources.
  std::set<std::pair<std::string, std::string>> names_ OG_GUARDED_BY(mutex_);
  OwnSeries own_;
};

}  // namespace og
