// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bindings/cli/failure.h"
#include "bindings/cli/replay/handle.h"

namespace og::cli {

using Json = nlohmann::ordered_json;

// What a function of the library writes as JSON.
template <class Ask>
Result<Json> ask(Ask function) {
  const auto text = text_from(function);
  if (!text) return tl::unexpected(text.error());
  Json read = Json::parse(*text, nullptr, false);
  if (read.is_discarded()) return fail("the library's report is no JSON");
  return read;
}

// What lies in a segment (og_scope_inspect).
inline Result<Json> inspect(const std::string& name, bool verify = false) {
  return ask([&](og_text** out, og_error** error) {
    return og_scope_inspect(name.c_str(), verify, out, error);
  });
}

}  // namespace og::cli
