// SPDX-License-Identifier: Apache-2.0
#include "cache_driver.h"

namespace outgrow::conformance {

json CacheDriver::copy(const json& step, std::int64_t) {
  std::string out(step.at("capacity").get<std::size_t>(), '\0');
  const std::int64_t size = cache.get(text(step, "key"), out.data(), out.size());
  if (size < 0) return word(static_cast<Status>(size));
  return {{"size", size}, {"bytes", out.substr(0, static_cast<std::size_t>(size))}};
}

}  // namespace outgrow::conformance
