// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// `outgrow host`: what changes an object of a segment, for all processes that share it, from their
// next call on. Each attaches to the segment for as long as that takes.

// Gives it other options: "rate=200/s". Says what changed. `kind` is its noun; needed where several
// have the name, else empty.
Result<void> set_options(const std::string& segment, const std::string& name,
                         const std::string& kind, const std::vector<std::string>& options);

enum class Force { kOpen, kClosed, kReset };
// Opens or closes a breaker until it is reset, whatever its calls say.
Result<void> force_breaker(const std::string& segment, const std::string& name, Force force);

// Takes an object down that no process uses. `kind` as above.
Result<void> forget_object(const std::string& segment, const std::string& name,
                           const std::string& kind);

}  // namespace og::cli
