// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/options.h"
#include "core/base/store.h"

namespace og {

// `kind`, and the options of all kinds.
const OptionTable& store_options();

// The store that the config describes, opened.
Result<std::unique_ptr<Store>> open_store(const Config& config, ClockPtr clock);

}  // namespace og
