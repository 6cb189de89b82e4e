// SPDX-License-Identifier: Apache-2.0
#include "core/scope/scope.h"

namespace og {

void Scope::collect(MetricSink& sink) const {
  auto gauge = [&](const char* name, const char* help, Stat which) {
    sink.gauge(name, help, {}, static_cast<double>(stat(which)));
  };
  gauge("outgrow_scope_bytes", "Size of the segment.", Stat::kBytes);
  gauge("outgrow_scope_bytes_left", "Memory left for new objects.", Stat::kBytesLeft);
  gauge("outgrow_scope_objects", "Named objects in the segment.", Stat::kObjects);
  gauge("outgrow_scope_attachments", "Processes attached.", Stat::kAttachments);
}

}  // namespace og
