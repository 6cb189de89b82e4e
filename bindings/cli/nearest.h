// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// " (did you mean 'rate'?)" for the known name at the least edit distance, " (the nearest is
// 'rate')" when that is far, "" when nothing is known.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace og::cli
