// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/status.h"

namespace og {

// The nouns that a registry shows, by kind and name.
class Sources {
 public:
  using Collect = std::function<void(MetricSink&)>;

  Result<void> add(std::string_view kind, std::string_view name, Collect collect);
  int64_t remove(std::string_view name);
  // Asks each for its series, in the order in which they came.
  void collect(MetricSink& sink) const;

 private:
  struct Source {
    std::string kind;
    std::string name;
    Collect collect;
  };

  mutable ForkMutex mutex_;
  std::vector<Source> sources_ OG_GUARDED_BY(mutex_);
  // With the kinds, of the sources.
  std::set<std::pair<std::string, std::string>> names_ OG_GUARDED_BY(mutex_);
};

}  // namespace og
