// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sstream>
#include <string>

#include "core/base/options.h"

namespace og {

// The options that an object of a segment was made with, from the text that stands beside it.
inline Config config_of(const std::string& options) {
  Config config;
  std::istringstream words(options);
  for (std::string word; words >> word;) {
    const size_t at = word.find('=');
    if (at != word.npos) config.set(word.substr(0, at), word.substr(at + 1));
  }
  return config;
}

}  // namespace og
