// SPDX-License-Identifier: Apache-2.0
#include "cached_store_driver.h"

namespace outgrow::conformance {

struct CachedStoreDriver::Own {
  std::map<std::string, CachedStore::TakenBatch> batches = {};
};

json CachedStoreDriver::take(const json& step, std::int64_t) {
  if (!own) own = std::make_shared<Own>();
  auto& batch = own->batches[text(step, "as")] = cached_store.take_batch();
  if (!batch) return json::array();
  return answer_rows(batch.writes(), [](const Write& write) {
    return json::array({plain(write.key), plain(write.value)});
  });
}

json CachedStoreDriver::done(const json& step, std::int64_t) {
  return answer_or_status([&] {
    const Status how = text(step, "result") == "ok" ? Status::ok : Status::store;
    return own->batches.at(step.at("batch")).done(how), "ok";
  });
}

}  // namespace outgrow::conformance
