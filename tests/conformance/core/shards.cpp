// SPDX-License-Identifier: Apache-2.0
#include "shards_driver.h"

namespace og::conformance {

json ShardsDriver::move(const json& step, int64_t) {
  const std::string key = raw(step, "key");
  const int32_t from = marked->locate(key), to = shards->locate(key);
  return from == to ? json("stays") : json{from, to};
}

}  // namespace og::conformance
