// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "bindings/cli/failure.h"

namespace og::cli {

// A configuration's text, 1 MiB at most.
Result<std::string> read_small_file(const std::string& path);

// Whether a file could be made there, asked before the work is done.
Result<void> check_writable(const std::string& path);

// Whether writing a report leaves what was read as it is: they may be the same file.
Result<void> check_kept(const std::string& written, const std::string& read);

// Writes the whole file or leaves what was there: to a new file beside it, synced, then renamed. A
// link stays one, a device or a pipe is written to. SIGINT and its like wait until it is done.
Result<void> write_whole_file(const std::string& path, std::string_view text);

}  // namespace og::cli
