// SPDX-License-Identifier: Apache-2.0
#include "cache_driver.h"

namespace og::conformance {

json CacheDriver::copy(const json& step, int64_t) {
  std::string out(static_cast<size_t>(whole(step, "capacity")), '\0');
  const int64_t size = cache->copy(text(step, "key"), out.data(), static_cast<int64_t>(out.size()));
  if (size < 0) return word(static_cast<Status>(size));
  return {{"size", size}, {"bytes", out.substr(0, static_cast<size_t>(size))}};
}

}  // namespace og::conformance
