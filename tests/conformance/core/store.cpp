// SPDX-License-Identifier: Apache-2.0
#include <deque>

#include "store_driver.h"

namespace og::conformance {

json StoreDriver::get(const json& step, int64_t) {
  const auto found = must(store->get(raw(step, "key")));
  return found ? in_hex(step, *found) : json("absent");
}

json StoreDriver::batch(const json& step, int64_t) {
  std::deque<std::string> bytes;
  std::vector<StoreWrite> writes;
  for (const json& write : step.at("writes")) {
    writes.push_back({bytes.emplace_back(raw_of(step, write[0])), std::nullopt});
    if (!write[1].is_null()) writes.back().value = bytes.emplace_back(raw_of(step, write[1]));
  }
  return answer_done_or_error([&] { return store->write(writes); });
}

}  // namespace og::conformance
