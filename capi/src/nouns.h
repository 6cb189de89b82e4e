// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/base/options.h"

namespace og::capi {

// The option tables of all nouns, in the order in which they are shown.
std::span<const OptionTable* const> option_tables();

}  // namespace og::capi
