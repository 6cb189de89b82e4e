// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace og {

// Foreign text as a message may hold it: one line of UTF-8 of about `most` bytes, never cut within
// a character. Control characters become \x1b; what is not UTF-8, U+FFFD.
std::string shown(std::string_view text, std::size_t most);

}  // namespace og
