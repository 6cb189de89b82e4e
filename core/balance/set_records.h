// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/balance/cycle_record.h"
#include "core/balance/endpoint.h"
#include "core/balance/index_bits.h"
#include "core/base/fork_mutex.h"
#include "core/scope/place.h"

namespace og {

// Who is in a set, as all know it who may change it: the processes that share a segment
// (endpoint_records.h), or this one alone (own_records.h). A set asks its records for what is
// below, and never which of them they are.
class SetRecords {
 public:
  virtual ~SetRecords() = default;
  SetRecords(const SetRecords&) = delete;
  SetRecords& operator=(const SetRecords&) = delete;

  // Grows with each change that somebody else may not have seen, and is odd within one.
  const std::atomic<uint64_t>& version() const noexcept { return *version_; }
  // What others have in flight: null without others.
  InFlightRows* in_flight() const noexcept { return in_flight_; }
  // The cycle of weighted round robin, for others to pick by: null without others.
  CycleRecord* cycle() const noexcept { return cycle_; }

  virtual uint64_t seed() const = 0;
  // How long name and zone may be together.
  virtual size_t most_text() const noexcept = 0;
  // Whether it was opened to look only, and no change is made.
  virtual bool is_read_only() const noexcept = 0;
  virtual Endpoint* make_endpoint(int32_t index) = 0;
  // A policy's turn that lies here; nothing for those whose memory lies elsewhere.
  virtual std::optional<CellMemory> turn(std::string_view policy) const = 0;
  // Takes what the dead had in flight off the counts.
  virtual void reclaim() noexcept = 0;
  // In a forked child: what was in flight at the endpoint is the parent's.
  virtual void disown_calls(Endpoint& endpoint) noexcept = 0;

  // ---- what others did ----

  struct Seen {
    bool in_set = false, healthy = false;
    int64_t weight = 0;
    uint64_t removed_at = 0;  // grows with each removal; of one not in the set
    std::string name, zone;
  };
  // All that were ever given away, by index, as they stood at one version; false while another is
  // at a change, or when what is there never stands still.
  virtual bool read(std::vector<Seen>* all, uint64_t* version) const = 0;
  // For who only looks, and waits for nobody: each as it stands by itself, without those that do
  // not.
  virtual void read_each(std::vector<Seen>* all) const = 0;

  // ---- changes ----

  // Waits for whoever is at a change, without the caller's own lock, and finishes what one began
  // who died.
  virtual Result<Scope::Change> lock(std::unique_lock<ForkMutex>& own) = 0;
  // The same without waiting: nothing while somebody lives who changes it.
  virtual std::optional<Scope::Change> try_lock() noexcept = 0;

  // Under the lock; the version after the change. `drawn`: the cycle of the set as the change
  // leaves it, or null.
  struct Joining {
    std::string_view name, zone;
    int64_t weight;
    bool fresh;  // under an index that was nobody's or another's
  };
  virtual uint64_t put(Endpoint& endpoint, const Joining& joining,
                       const NamedCycle* drawn) noexcept = 0;
  virtual uint64_t remove(int32_t index, const NamedCycle* drawn) noexcept = 0;
  virtual uint64_t set_weight(int32_t index, int64_t weight, const NamedCycle* drawn) noexcept = 0;

  // Where others pick too, health is set without the lock, for it is one word: who was stopped with
  // the lock must not keep a server that is down in everybody's plans. Where there are no others it
  // is a change as any, and as whole.
  virtual bool sets_health() const noexcept = 0;
  // Whether this machine's processes say so, whatever others do (overruled()).
  virtual bool is_found_healthy(int32_t index) const noexcept = 0;
  // Whether it is held for unhealthy as the machines of a fleet voted so.
  virtual IndexBits overruled() const noexcept { return {}; }
  // False when the endpoint is not in the set.
  virtual bool set_healthy(int32_t index, bool healthy) noexcept = 0;
  // Has everybody look again.
  virtual void announce() noexcept = 0;
  // For a change to come, when nobody has the lock: else each process draws its own.
  virtual void share(const NamedCycle& drawn) noexcept = 0;

  // What no change and no call leaves behind. Under the lock.
  virtual std::vector<std::string> faults() const = 0;

 protected:
  explicit SetRecords(const std::atomic<uint64_t>& version, InFlightRows* in_flight = nullptr,
                      CycleRecord* cycle = nullptr)
      : version_(&version), in_flight_(in_flight), cycle_(cycle) {}

 private:
  const std::atomic<uint64_t>* const version_;
  InFlightRows* const in_flight_;
  CycleRecord* const cycle_;
};

}  // namespace og
