// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace og {

// Appends `text` as a JSON string, quotes included. What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// Appends a number, in as few digits as give it back. JSON has no words for NaN and infinity: null.
void append_json_number(std::string& out, double value);

}  // namespace og
