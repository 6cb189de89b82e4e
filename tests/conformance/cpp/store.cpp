// SPDX-License-Identifier: Apache-2.0
#include "store_driver.h"

namespace outgrow::conformance {

json StoreDriver::get(const json& step, std::int64_t) {
  return answer_or_error([&] {
    const Lookup found = store.get(raw(step, "key"));
    return found ? in_hex(step, found.view()) : word(found.status);
  });
}

json StoreDriver::batch(const json& step, std::int64_t) {
  return answer_or_error([&] {
    Batch batch;
    for (const json& write : step.at("writes")) {
      if (write[1].is_null()) {
        batch.remove(raw_of(step, write[0]));
      } else {
        batch.set(raw_of(step, write[0]), raw_of(step, write[1]));
      }
    }
    return store.batch_write(batch), "ok";
  });
}

}  // namespace outgrow::conformance
