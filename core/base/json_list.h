// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace og {

inline std::string json_quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// The members of a JSON object, or the elements of an array: commas between, none at the end.
class JsonList {
 public:
  // value, element: JSON.
  void add(const std::string& element) { text_ += (text_.empty() ? "" : ",") + element; }
  void add(std::string_view name, const std::string& value) {
    add(json_quoted(name) + ":" + value);
  }
  void add(std::string_view name, int64_t value) { add(name, std::to_string(value)); }
  std::string object() const { return "{" + text_ + "}"; }
  std::string array() const { return "[" + text_ + "]"; }

 private:
  std::string text_;
};

}  // namespace og
