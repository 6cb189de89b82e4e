// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace og::cli {

// Without a locale, and for any char.
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace og::cli
