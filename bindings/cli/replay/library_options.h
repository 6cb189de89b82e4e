// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/replay/settings.h"

namespace og::cli {

// The library's description of itself: {"noun", "options"} for each noun.
Result<nlohmann::json> describe_library();

// The names of a noun's options; none when the library has no such noun.
std::vector<std::string> option_names(std::string_view noun);

// What an option of a noun is in this replay: given in the file, the replay's default, or else the
// library's. "" when nobody says.
std::string option_value(const ReplaySettings& settings, std::string_view noun,
                         std::string_view key);

}  // namespace og::cli
