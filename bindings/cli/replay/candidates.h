// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "bindings/cli/replay/settings.h"

namespace og::cli {

/*
 * What a recommendation chooses from, each the section "autoscaler" in whole: that of the
 * configuration as it is; fixed numbers of instances up to `peak`; and each policy with some of the
 * options that decide how much it keeps in reserve and how long. What else the configuration says,
 * limits above all, stays.
 */
std::vector<NounOptions> candidates(const ReplaySettings& settings, int64_t peak);

}  // namespace og::cli
