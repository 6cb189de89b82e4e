// SPDX-License-Identifier: Apache-2.0
#pragma once

#define TOML_EXCEPTIONS 0
// toml++ 3.3 takes for granted what it should check. "[?" ends a program with assertions; without
// them clang is told that it cannot be. Neither is so without NDEBUG and with this: then it is an
// error.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include <optional>
#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// A configuration file; what is wrong with it is told with its line.
Result<toml::table> read_toml(const std::string& path);

// A TOML value as the library's options take it; nothing for tables, dates and the like.
std::optional<std::string> as_text(const toml::node& node);

}  // namespace og::cli
