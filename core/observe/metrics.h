// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/options.h"
#include "core/observe/own_series.h"
#include "core/observe/publisher.h"
#include "core/observe/sources.h"

namespace og {

extern const OptionTable kMetricsOptions;

// The registry: instances of nouns by name, rendered together on demand. It knows no noun, only
// that each can be asked to collect itself, and keeps what was added alive. Nothing is copied or
// counted until render() or publish(), which read what the nouns count anyway.
//
// In a scope it shows what all processes count that have it: of the program's own series, of nouns
// that lie in a scope, which count together, and of those that do not, whose counts each process
// publishes (publisher.h).
//
// Safe from every thread; a noun may be in use, and others be added, while render() runs.
class Metrics {
 public:
  using Collect = Sources::Collect;

  static Result<std::unique_ptr<Metrics>> create(const Config& config, const Place& place = {});
  ~Metrics();  // publishes

  // kInvalidArgument when the name is empty, not UTF-8, or one that an instance of this kind has.
  Result<void> add(std::string_view kind, std::string_view name, Collect collect) {
    return sources_->add(kind, name, std::move(collect));
  }
  template <class Noun>
  Result<void> add(std::string_view kind, std::string_view name, std::shared_ptr<Noun> noun) {
    return add(kind, name, Collect([noun = std::move(noun)](MetricSink& s) { noun->collect(s); }));
  }
  // How many instances of that name, of whatever kinds, there were.
  int64_t remove(std::string_view name) { return sources_->remove(name); }

  OwnSeries& own() { return own_; }
  // What the processes publish, added up; nullptr where each is shown by itself.
  const ProcessSums* sums() const noexcept {
    return publisher_ ? &publisher_->sums() : looked_at_ ? &*looked_at_ : nullptr;
  }
  std::string render() const;
  // Where others show what this process counts, brings it to them, at most every publish_ms.
  Status publish();

 private:
  struct Settings {
    int buckets_per_octave;
    int64_t series;
    int64_t shared_series;
    int64_t publish_ns;
    std::string process;
  };

  Metrics(const Settings& settings, CellMemory memory);

  const int buckets_per_octave_;
  const std::string process_;
  const bool in_scope_;  // where others have the program's own series too
  const std::shared_ptr<Sources> sources_ = std::make_shared<Sources>();
  std::shared_ptr<Publisher> publisher_;  // nullptr where each process is shown by itself
  std::optional<ProcessSums> looked_at_;  // of a scope that is opened to look only
  OwnSeries own_;
};

}  // namespace og
