// SPDX-License-Identifier: Apache-2.0
#include "shards_driver.h"

namespace outgrow::conformance {

json ShardsDriver::move(const json& step, std::int64_t) {
  const ShardMap::Move move = marked.move(shards, raw(step, "key"));
  return move ? json{move.from, move.to} : json("stays");
}

}  // namespace outgrow::conformance
