// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <variant>

namespace og {

// What the variant holds, given to `visit`. A comparison for each alternative before it, where
// std::visit calls through a table.
template <size_t kAt = 0, class Variant, class F>
[[gnu::always_inline]] inline decltype(auto) visit_variant(Variant& variant, F&& visit) {
  if constexpr (kAt + 1 == std::variant_size_v<Variant>) {
    return visit(*std::get_if<kAt>(&variant));
  } else {
    auto* held = std::get_if<kAt>(&variant);
    return held ? visit(*held) : visit_variant<kAt + 1>(variant, std::forward<F>(visit));
  }
}

}  // namespace og
