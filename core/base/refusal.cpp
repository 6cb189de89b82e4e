// SPDX-License-Identifier: Apache-2.0
#include "core/base/refusal.h"

#include "core/base/shown_text.h"

namespace og {

std::string refusing(std::string_view name) {
  constexpr size_t kMost = 99;  // bytes, as of a name in a scope
  return name.empty() ? std::string() : " '" + shown(name, kMost) + "'";
}

std::string when_again(int64_t wait_ns, std::string_view never) {
  if (wait_ns <= 0) return {};
  if (wait_ns == INT64_MAX) return "; " + std::string(never);
  const int64_t ms = wait_ns / 1'000'000 + (wait_ns % 1'000'000 != 0);
  std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
  while (fraction.size() > 1 && fraction.back() == '0') fraction.pop_back();
  return "; try again in " + std::to_string(ms / 1000) + "." + fraction + " s";
}

}  // namespace og
