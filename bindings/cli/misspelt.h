// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace og::cli {

/*
 * Of arguments that cannot be read, the first that the command called has not: "no option '--repot'
 * of replay (did you mean '--report'?)", "no command 'host shwo' (did you mean 'show'?)". "" when
 * all are known, and something else is wrong.
 */
std::string misspelt_argument(const CLI::App& app, int argc, char** argv);

}  // namespace og::cli
