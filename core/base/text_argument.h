// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"
#include "core/base/utf8.h"

namespace og {

// The door for names, help texts and labels. They land in reports and expositions, whose readers
// refuse the whole over one byte that is not UTF-8, and one language reads what another wrote.
inline Result<void> check_text(std::string_view text, const char* argument,
                               Status code = Status::kInvalidArgument) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) {
      return fail(
          code, std::string(argument) + " is not UTF-8 from its byte " + std::to_string(at) + " on",
          argument);
    }
    at += length;
  }
  return {};
}

}  // namespace og
