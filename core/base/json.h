// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace og {

// Appends `text` as a JSON string, quotes included. Bytes outside ASCII pass as they are.
void append_json_string(std::string& out, std::string_view text);

}  // namespace og
