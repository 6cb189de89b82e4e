// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "capi/src/guard.h"
#include "core/observe/metrics.h"
#include "outgrow/metrics.h"

namespace og::capi {

// What og_metrics_add_<noun> does, beside the noun's other functions: the registry keeps the noun,
// which a handle of one shared pointer holds, and asks it to collect itself. `kind` is for errors.
template <class Handle>
og_status add_metrics(og_metrics* metrics, const char* kind, const char* name, const Handle* handle,
                      og_error** error) {
  if (!metrics || !handle) return report(error, og::Status::kNullHandle, "a handle is NULL");
  if (!name) return report(error, og::Status::kInvalidArgument, "name is NULL");
  return guard(error, [&] {
    const auto& [noun] = *handle;
    return metrics->metrics->add(kind, name, noun);
  });
}

}  // namespace og::capi
