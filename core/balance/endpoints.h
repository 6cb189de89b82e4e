// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/histogram.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/read_gate.h"

namespace og {

extern const OptionTable kEndpointsOptions;

// One server. Its counters are written by every balancer over the set, without the set's lock; name
// and zone are read under it.
struct Endpoint {
  explicit Endpoint(int32_t at) : index(at) {}
  const int32_t index;
  std::atomic<bool> healthy{true};
  alignas(64) std::atomic<int64_t> in_flight{0};
  std::atomic<int64_t> calls{0};
  std::atomic<int64_t> failures{0};
  Histogram latency;
  std::string name;
  std::string zone;
};

// A server as a policy sees it when it draws up a plan. `name` lives as long as the call.
struct Member {
  Endpoint* endpoint;
  std::string_view name;
  int64_t weight;
  bool healthy;
  bool fresh = false;  // joins now, under an index that was nobody's or another's
};

// The servers to choose among, changed while others choose.
//
// Picks never look at this object: each balancer keeps a plan of its own (a sequence, a ring) as an
// immutable snapshot, and a change of the set draws every balancer's new plan before it publishes the
// first. A change is therefore whole or, when memory runs out, has not happened; and whoever makes it
// pays for it, never a pick. Changes take a lock among themselves.
//
// An index is an endpoint's for as long as it is in the set, and its own again should the same name
// come back. Removed indexes are given to other names only when no unused one is left, the longest
// removed first, and only once no reader can still hold a plan that names it and no call to it is
// in flight: so a late release finds the counters it was counted in.
//
// Safe from every thread.
class EndpointSet {
 public:
  static Result<std::shared_ptr<EndpointSet>> create(const Config& config);

  Result<int32_t> add(std::string_view name, int64_t weight, std::string_view zone);
  Result<void> remove(int32_t index);
  Result<void> set_weight(int32_t index, int64_t weight);
  Result<void> set_healthy(int32_t index, bool healthy);

  int32_t find(std::string_view name) const;  // Status::kNone as its number when there is none
  int64_t count() const;
  Result<std::string> name(int32_t index) const;
  Result<std::string> zone(int32_t index) const;
  Result<int64_t> weight(int32_t index) const;
  int32_t healthy(int32_t index) const noexcept;
  // The endpoint at an index, in the set or on its way out; nullptr when never given.
  Endpoint* at(int32_t index) const noexcept;

  // What a balancer is told of. prepare() may throw and must not show; commit() shows what was
  // prepared last. Both come under the set's lock.
  class Watcher {
   public:
    virtual void prepare(std::span<const Member> members) = 0;
    virtual void commit() noexcept = 0;

   protected:
    ~Watcher() = default;
  };
  void watch(Watcher* watcher);  // prepares and commits at once
  void unwatch(Watcher* watcher) noexcept;
  ReadGate& gate() noexcept { return gate_; }  // every plan over the set is read through it

  size_t capacity() const noexcept { return capacity_; }
  void collect(MetricSink& sink) const;

  static constexpr int64_t kMaxWeight = 1'000'000;

 private:
  struct Entry {  // of those in the set, in the order of their indexes
    Endpoint* endpoint;
    int64_t weight;
  };
  struct Removed {
    Endpoint* endpoint;
    ReadGate::Grace grace;
  };

  explicit EndpointSet(size_t capacity);
  const Entry* entry(int32_t index) const;
  std::vector<Removed>::iterator vacated(std::string_view name);
  std::vector<Member> members(const std::vector<Entry>& entries) const;
  void prepare(std::span<const Member> shown);
  void commit(std::vector<Entry> next) noexcept;
  void apply(std::vector<Entry> next);

  const size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::vector<Removed> removed_;  // the longest removed first
  std::vector<Watcher*> watchers_;
  std::vector<std::unique_ptr<Endpoint>> owned_;
  std::unique_ptr<std::atomic<Endpoint*>[]> table_;  // owned_, for readers without the lock
  ReadGate gate_{has_process_fence()};
};

}  // namespace og
