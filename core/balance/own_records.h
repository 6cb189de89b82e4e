// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/balance/set_records.h"
#include "core/base/random.h"

namespace og {

// Of a set that this process alone changes. There is nobody to tell, so nothing is written down but
// what the set itself keeps, and the version stands still.
class OwnRecords final : public SetRecords {
 public:
  OwnRecords() : SetRecords(kVersion) {}

  uint64_t seed() const override { return entropy_seed(); }
  size_t most_text() const noexcept override { return SIZE_MAX; }
  bool is_read_only() const noexcept override { return false; }
  Endpoint* make_endpoint(int32_t index) override { return new Endpoint(index); }
  std::optional<CellMemory> turn(std::string_view) const override { return std::nullopt; }
  void reclaim() noexcept override {}
  void disown_calls(Endpoint& endpoint) noexcept override {
    endpoint.counts.in_flight.store(0, std::memory_order_relaxed);
  }

  bool read(std::vector<Seen>* all, uint64_t* version) const override {
    all->clear();
    *version = kVersion.load(std::memory_order_relaxed);
    return true;
  }
  void read_each(std::vector<Seen>* all) const override { all->clear(); }

  Result<Scope::Change> lock(std::unique_lock<ForkMutex>&) override { return Scope::Change(); }
  std::optional<Scope::Change> try_lock() noexcept override { return Scope::Change(); }
  uint64_t put(Endpoint& endpoint, const Joining& joining, const NamedCycle*) noexcept override {
    if (joining.fresh) endpoint.counts.reset();
    return kVersion.load(std::memory_order_relaxed);
  }
  uint64_t remove(int32_t, const NamedCycle*) noexcept override { return kVersion.load(); }
  uint64_t set_weight(int32_t, int64_t, const NamedCycle*) noexcept override {
    return kVersion.load();
  }
  bool sets_health() const noexcept override { return false; }
  bool is_found_healthy(int32_t) const noexcept override { return true; }
  bool set_healthy(int32_t, bool) noexcept override { return false; }
  void announce() noexcept override {}
  void share(const NamedCycle&) noexcept override {}
  std::vector<std::string> faults() const override { return {}; }

 private:
  inline static const std::atomic<uint64_t> kVersion{0};
};

}  // namespace og
