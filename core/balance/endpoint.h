// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/histogram.h"
#include "core/scope/in_flight_rows.h"

namespace og {

// What is counted at an endpoint, by every balancer over its set. Valid when zeroed: on the heap,
// or in a segment for all processes.
struct alignas(64) EndpointCounts {
  std::atomic<uint64_t> in_flight;  // on the heap; in a segment a row stands for it
  std::atomic<int64_t> calls;
  std::atomic<int64_t> failures;
  Histogram latency;

  // For a new owner. Nobody counts meanwhile, and nothing is in flight.
  void reset() noexcept {
    calls.store(0, std::memory_order_relaxed);
    failures.store(0, std::memory_order_relaxed);
    latency.reset();
  }
};

// The calls out at an endpoint: one word on the heap, a row of one for each process in a segment.
class InFlight {
 public:
  InFlight(std::atomic<uint64_t>* words, InFlightRows* rows) : words_(words), rows_(rows) {}

  void add() noexcept {
    rows_ ? rows_->add(words_) : static_cast<void>(words_->fetch_add(1, std::memory_order_acq_rel));
  }
  void subtract() noexcept {
    rows_ ? rows_->subtract(words_)
          : static_cast<void>(words_->fetch_sub(1, std::memory_order_acq_rel));
  }
  int64_t load() const noexcept {
    return rows_ ? rows_->total(words_)
                 : static_cast<int64_t>(words_->load(std::memory_order_relaxed));
  }
  bool is_idle() const noexcept {
    return rows_ ? rows_->is_idle(words_) : words_->load(std::memory_order_acquire) == 0;
  }

  const std::atomic<uint64_t>* words() const noexcept { return words_; }
  const InFlightRows* rows() const noexcept { return rows_; }  // null on the heap

 private:
  std::atomic<uint64_t>* const words_;
  InFlightRows* const rows_;
};

// One server, as this process knows it. Name and zone are read under the set's lock.
struct Endpoint {
  explicit Endpoint(int32_t at)  // on the heap
      : index(at), own(new EndpointCounts()), counts(*own), in_flight(&own->in_flight, nullptr) {}
  Endpoint(int32_t at, EndpointCounts& shared, InFlight row)
      : index(at), counts(shared), in_flight(row) {}

  const int32_t index;
  std::atomic<bool> healthy{true};
  const std::unique_ptr<EndpointCounts> own;
  EndpointCounts& counts;
  InFlight in_flight;
  std::string name;
  std::string zone;
};

// A server as a policy sees it when it draws up a plan. `name` and `zone` live as long as the call.
struct Member {
  Endpoint* endpoint;
  std::string_view name;
  int64_t weight;
  bool healthy;
  bool fresh = false;  // joins now, under an index that was nobody's or another's
  std::string_view zone{};
};

}  // namespace og
