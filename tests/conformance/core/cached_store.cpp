// SPDX-License-Identifier: Apache-2.0
#include "cached_store_driver.h"

namespace og::conformance {

static json text_of(const std::optional<std::string_view>& value) {
  return value ? json(std::string(*value)) : json();
}

struct CachedStoreDriver::Own {
  std::map<std::string, WriteBuffer::Batch> batches = {};
};

json CachedStoreDriver::take(const json& step, int64_t now) {
  if (!own) own = std::make_shared<Own>();
  auto& batch = own->batches[text(step, "as")] = cached_store->take_at(now);
  json out = json::array();
  for (const StoreWrite& write : batch.writes) {
    out.push_back({std::string(write.key), text_of(write.value)});
  }
  return out;
}

json CachedStoreDriver::done(const json& step, int64_t now) {
  Error error{Status::kStore, "told to fail", {}};
  cached_store->complete_at(own->batches.at(step.at("batch")),
                            text(step, "result") == "ok" ? nullptr : &error, now);
  return "ok";
}

json CachedStoreDriver::dead(const json&, int64_t) {
  json out = json::array();
  for (const DeadLetter& letter : cached_store->dead_letters()) {
    const StoreWrite write = view_write(letter.write);
    out.push_back({std::string(write.key), text_of(write.value), letter.attempts,
                   static_cast<int>(letter.error.code)});
  }
  return out;
}

}  // namespace og::conformance
