// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/balance/cycle_record.h"
#include "core/balance/endpoint.h"
#include "core/balance/turn.h"
#include "core/scope/place.h"

namespace og {

// A set of endpoints in a segment, the same for all processes: who is in it, what is counted at
// each, whose turn it is, the cycle of weighted round robin.
//
// A record is of the index that it stands at. All that may change of a member (in the set or not,
// weight, health) is one word, its standing, which also carries a number that grows with each
// change. A change of the set is one store to that word, and so is whole or has not happened
// whoever dies; only the text of a new name takes more, and is written while the record is
// "making". Readers read the standing, the rest, and the standing again.
//
// Changes but of health are made under the segment's lock between begin() and end(). Between them
// the version is odd, and readers stay with what they know; whoever next takes the lock and finds
// it odd has outlived the changer, and repairs. Each process compares the version with that of its
// plans before a pick.
class EndpointRecords {
 public:
  static constexpr size_t kMostText = 254;  // bytes of name and zone together

  static uint64_t bytes_for(uint64_t capacity, uint32_t attachments) {
    return sizeof(Head) + capacity * sizeof(Record) +
           InFlightRows::bytes_for(capacity, attachments) + CycleRecord::bytes_for(capacity);
  }
  EndpointRecords(CellMemory memory, uint64_t capacity);

  uint64_t seed() const noexcept { return memory_.scope().seed(); }
  const std::atomic<uint64_t>& version() const noexcept { return head_->version; }
  InFlightRows& in_flight() noexcept { return rows_; }
  CycleRecord& cycle() noexcept { return cycle_; }
  // A policy's turn that lies in the head; nothing for those whose memory lies elsewhere.
  std::optional<CellMemory> turn(std::string_view policy) const;
  bool only_looks() const noexcept { return memory_.scope().only_looks(); }
  Endpoint* make_endpoint(int32_t index);

  struct Seen {
    bool in_set = false, healthy = false;
    int64_t weight = 0;
    uint64_t removed_at = 0;  // grows with each removal; of one not in the set
    std::string name, zone;
  };
  // All that were ever given away, by index, as they stood at one version; false while another is
  // at a change, or when what is there never stands still.
  bool read(std::vector<Seen>* all, uint64_t* version) const;
  // For who only looks, and waits for nobody: each as it stands by itself, without those that do
  // not.
  void read_each(std::vector<Seen>* all) const;

  // Waits for whoever is at a change, without the caller's own lock, and finishes what one began
  // who died.
  Result<Scope::Change> lock(std::unique_lock<ForkMutex>& own);
  // The same without waiting: false while somebody lives who changes it.
  bool repair() noexcept;

  // Under the lock; the version after the change. `drawn`: the cycle of the set as the change
  // leaves it, or null.
  uint64_t put(int32_t index, std::string_view name, std::string_view zone, int64_t weight,
               bool fresh, const NamedCycle* drawn) noexcept;
  uint64_t remove(int32_t index, const NamedCycle* drawn) noexcept;
  uint64_t set_weight(int32_t index, int64_t weight, const NamedCycle* drawn) noexcept;

  // Without the lock, for it is one word: who was stopped with the lock must not keep a server that
  // is down in everybody's plans. False when the endpoint is not in the set.
  bool set_healthy(int32_t index, bool healthy) noexcept;
  // Has everybody look again.
  void announce() noexcept;
  // For a change to come, when nobody has the lock: else each process draws its own.
  void share(const NamedCycle& drawn) noexcept;

  // What no change and no call leaves behind. Under the lock.
  std::vector<std::string> faults() const;

 private:
  // Pinned, as all of the layout: what policies had here before each had memory under its own name.
  static constexpr std::array<std::string_view, 3> kTurns{"round_robin", "weighted_round_robin",
                                                          "least_connections"};
  static constexpr size_t kTextWords = 32;
  struct alignas(64) Head {
    std::atomic<uint64_t> version;  // odd while one is at a change
    std::atomic<uint64_t> used;     // indexes ever given away
    std::atomic<uint64_t> removals;
    std::array<Turn, kTurns.size()> turns;
  };
  struct alignas(64) Record {
    std::atomic<uint64_t> standing;
    std::atomic<uint64_t> removed_at;
    std::array<std::atomic<uint64_t>, kTextWords> text;  // a byte a length, name, zone
    EndpointCounts counts;
  };

  static_assert(kTurns[1] == "weighted_round_robin");
  Turn& cycle_turn() noexcept { return head_->turns[1]; }
  uint64_t used() const noexcept;
  bool read_record(const Record& record, Seen* out) const;
  void finish_change() noexcept;
  void begin() noexcept;
  uint64_t end(const NamedCycle* drawn) noexcept;
  template <class F>
  uint64_t change(int32_t index, const NamedCycle* drawn, F&& to) noexcept;

  const CellMemory memory_;
  const uint64_t capacity_;
  Head* const head_;
  Record* const records_;
  InFlightRows rows_;
  CycleRecord cycle_;
};

}  // namespace og
