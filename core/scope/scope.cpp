// SPDX-License-Identifier: Apache-2.0
#include "core/scope/scope.h"

namespace og {

std::vector<std::string> Scope::differences() const {
  ForkLock lock(telling_);
  std::vector<std::string> all;
  for (const auto& [object, sentence] : differences_) all.push_back(sentence);
  return all;
}

void Scope::tell_difference(std::string object, std::string sentence) {
  ForkLock lock(telling_);
  if (differences_.size() == kMostDifferences && !differences_.count(object)) return;
  differences_.insert_or_assign(std::move(object), std::move(sentence));
}

void Scope::collect(MetricSink& sink) const {
  auto gauge = [&](const char* name, const char* help, Stat which) {
    sink.gauge(name, help, {}, static_cast<double>(stat(which)));
  };
  {
    MetricSink::Shared shared(sink);
    gauge("outgrow_scope_bytes", "Size of the segment.", Stat::kBytes);
    gauge("outgrow_scope_bytes_left", "Memory left for new objects.", Stat::kBytesLeft);
    gauge("outgrow_scope_objects", "Named objects in the segment.", Stat::kObjects);
    gauge("outgrow_scope_attachments", "Processes attached.", Stat::kAttachments);
  }
  gauge("outgrow_scope_differences",
        "Objects that this process uses with other options than it asked for.", Stat::kDifferences);
}

}  // namespace og
