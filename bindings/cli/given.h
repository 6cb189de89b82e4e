// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace og::cli {

// Refuses an empty argument: what a script passes when its variable is not set.
inline CLI::Validator given() {
  return CLI::Validator([](std::string& text) { return text.empty() ? "it is empty" : ""; }, "");
}

}  // namespace og::cli
