// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <outgrow/batch.hpp>
#include <outgrow/custom_store.hpp>
#include <outgrow/options.hpp>
#include <outgrow/value.hpp>
#include <utility>

namespace outgrow {

// A system of record: memory, an SQLite file, or a store of your own. Safe from every thread.
// Failures are Errors that say what the store said.
class Store : public detail::Handle<og_store, og_store_destroy> {
 public:
  using Handle::Handle;
  // The clock times the operations for the metrics.
  explicit Store(const Options& options = {})
      : Handle(detail::make<og_store>(og_store_create, detail::given(options), nullptr)) {}
  Store(const Options& options, const Clock& clock)
      : Handle(detail::make<og_store>(og_store_create, detail::given(options),
                                      detail::given(clock))) {}
  // The program's, destroyed with the last noun that uses it.
  explicit Store(std::unique_ptr<CustomStore> custom)
      : Handle(detail::CustomStoreFunctions::create(std::move(custom), nullptr)) {}
  Store(std::unique_ptr<CustomStore> custom, const Clock& clock)
      : Handle(detail::CustomStoreFunctions::create(std::move(custom), detail::given(clock))) {}

  // ok or absent.
  [[nodiscard]] Lookup get(Bytes key) {
    og_value* value = nullptr;
    std::int64_t answer = detail::call(og_store_get, handle(), key.data(), key.size(), &value);
    return {answer >= 0 ? Status::ok : Status::absent, Value(value)};
  }
  void set(Bytes key, Bytes value) {
    detail::call(og_store_set, handle(), key.data(), key.size(), value.data(), value.size());
  }
  // Deleting what does not exist is no failure.
  void remove(Bytes key) { detail::call(og_store_delete, handle(), key.data(), key.size()); }
  // In its order; in SQLite and memory all or nothing.
  void batch_write(const Batch& batch) {
    detail::call(og_store_batch_write, handle(), detail::given(batch));
  }
};

}  // namespace outgrow
