// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/histogram.h"
#include "core/base/metric_sink.h"
#include "core/base/status.h"

namespace og {

// One change to one key: the value it gets, or its deletion.
struct StoreWrite {
  std::string_view key;
  std::optional<std::string_view> value;  // none: delete
};

// A system of record: bytes by key, kept elsewhere than in the cache. Keys and values are any
// bytes.
//
// A batch is applied in its order. One that fails may have been applied in part (SQLite never does
// that, others may); since setting and deleting are idempotent, writing it again is always right.
//
// Every call is timed and counted here, so that all stores show the same metrics; what a store does
// lies in the private virtuals. Safe from every thread.
class Store {
 public:
  explicit Store(ClockPtr clock) : clock_(std::move(clock)) {}
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The value, or nothing when the key does not exist.
  Result<std::optional<std::string>> get(std::string_view key);
  Result<void> set(std::string_view key, std::string_view value);
  // Deleting what does not exist succeeds.
  Result<void> erase(std::string_view key);
  Result<void> write(std::span<const StoreWrite> batch);

  virtual const char* kind() const = 0;
  // False for a store that the program supplies: only a thread of the program's may call it.
  virtual bool callable_from_library_threads() const { return true; }

  void collect(MetricSink& sink) const;

 private:
  virtual Result<std::optional<std::string>> do_get(std::string_view key) = 0;
  virtual Result<void> do_write(std::span<const StoreWrite> batch) = 0;

  enum Operation : size_t { kGet, kSet, kDelete, kBatch, kOperations };
  template <class F>
  auto timed(Operation operation, F&& f);

  const ClockPtr clock_;
  Histogram latency_[kOperations];
  StripedCounters<kOperations> failures_;
};

}  // namespace og
