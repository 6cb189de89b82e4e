// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <variant>

namespace og {

// What the variant holds, given to `ask`. A comparison for each alternative before it, where
// std::visit calls through a table.
template <size_t kAt = 0, class Variant, class F>
decltype(auto) ask_variant(Variant& variant, F&& ask) {
  if constexpr (kAt + 1 == std::variant_size_v<Variant>) {
    return ask(*std::get_if<kAt>(&variant));
  } else {
    auto* held = std::get_if<kAt>(&variant);
    return held ? ask(*held) : ask_variant<kAt + 1>(variant, std::forward<F>(ask));
  }
}

}  // namespace og
