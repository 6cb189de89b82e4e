// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/options.h"
#include "core/scope/segment.h"

namespace og {

extern const OptionTable kScopeOptions;

// The scope that the processes of a machine share: a segment, attached under the options that users
// know.
class HostScope {
 public:
  // The options are those of whoever makes the segment; where there is one, its own size holds.
  static Result<std::shared_ptr<Segment>> create(const std::string& name, const Config& config);

  // The names of the segments in shared memory that this user may open, those that are damaged too.
  static std::vector<std::string> list();
};

}  // namespace og
