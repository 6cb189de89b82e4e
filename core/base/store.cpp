// SPDX-License-Identifier: Apache-2.0
#include "core/base/store.h"

namespace og {

template <class F>
auto Store::timed(Operation operation, F&& f) {
  int64_t start = clock_->now();
  auto result = f();
  latency_[operation].record(clock_->now() - start);
  if (!result) failures_.add(operation);
  return result;
}

Result<std::optional<std::string>> Store::get(std::string_view key) {
  return timed(kGet, [&] { return do_get(key); });
}

Result<void> Store::set(std::string_view key, std::string_view value) {
  StoreWrite one{key, value};
  return timed(kSet, [&] { return do_write({&one, 1}); });
}

Result<void> Store::erase(std::string_view key) {
  StoreWrite one{key, std::nullopt};
  return timed(kDelete, [&] { return do_write({&one, 1}); });
}

Result<void> Store::write(std::span<const StoreWrite> batch) {
  if (batch.empty()) return {};
  return timed(kBatch, [&] { return do_write(batch); });
}

void Store::collect(MetricSink& sink) const {
  static constexpr const char* kNames[] = {"get", "set", "delete", "batch"};
  for (size_t i = 0; i < kOperations; ++i) {
    sink.histogram("outgrow_store_operation_seconds", "Time that operations of the store took.",
                   {{"kind", kind()}, {"operation", kNames[i]}}, latency_[i]);
  }
  for (size_t i = 0; i < kOperations; ++i) {
    sink.counter("outgrow_store_failures_total",
                 "Operations that the store answered with an error.",
                 {{"kind", kind()}, {"operation", kNames[i]}}, failures_.total(i));
  }
}

}  // namespace og
