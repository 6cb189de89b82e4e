// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/scope/segment.h"

namespace og {

extern const OptionTable kScopeOptions;

// Where the state of nouns lives that the processes of a machine share: a segment, attached under
// the options that users know.
class HostScope {
 public:
  // The options are those of whoever makes the segment; where there is one, its own size holds.
  static Result<std::shared_ptr<HostScope>> create(const std::string& name, const Config& config);

  // The names of the segments in shared memory that this user may open, those that are damaged too.
  static std::vector<std::string> list();

  const std::shared_ptr<Segment>& segment() const noexcept { return segment_; }

  void collect(MetricSink& sink) const;

 private:
  explicit HostScope(std::shared_ptr<Segment> segment) : segment_(std::move(segment)) {}

  const std::shared_ptr<Segment> segment_;
};

}  // namespace og
