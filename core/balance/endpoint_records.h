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
#include "core/balance/set_records.h"
#include "core/balance/turn.h"
#include "core/scope/place.h"

namespace og {

// A set of endpoints in a segment, the same for all processes: who is in it, what is counted at
// each, whose turn it is, the cycle of weighted round robin.
//
// A record is of the index that it stands at. All that may change of a member (in the set or not,
// weight, health) is one word, its state, which also carries a number that grows with each
// change. A change of the set is one store to that word, and so is whole or has not happened
// whoever dies; only the text of a new name takes more, and is written while the record is
// "making". Readers read the state, the rest, and the state again.
//
// Changes but of health are made under the segment's lock between begin() and end(). Between them
// the version is odd, and readers stay with what they know; whoever next takes the lock and finds
// it odd has outlived the changer, and repairs. Each process compares the version with that of its
// plans before a pick.
class EndpointRecords final : public SetRecords {
 public:
  static constexpr size_t kMostText = 254;  // bytes of name and zone together

  static uint64_t bytes_for(uint64_t capacity, uint32_t attachments) {
    return sizeof(Head) + capacity * sizeof(Record) +
           InFlightRows::bytes_for(capacity, attachments) + CycleRecord::bytes_for(capacity);
  }
  // overruled: of a set that machines of a fleet share.
  EndpointRecords(CellMemory memory, uint64_t capacity, IndexBits overruled = {});

  uint64_t seed() const override { return memory_.scope().seed(); }
  size_t most_text() const noexcept override { return kMostText; }
  bool is_read_only() const noexcept override { return memory_.scope().is_read_only(); }
  Endpoint* make_endpoint(int32_t index) override;
  std::optional<CellMemory> turn(std::string_view policy) const override;
  void reclaim() noexcept override { rows_.reclaim(); }
  void disown_calls(Endpoint&) noexcept override {}  // the child's attachment is new, and has none

  bool read(std::vector<Seen>* all, uint64_t* version) const override;
  void read_each(std::vector<Seen>* all) const override;

  Result<Scope::Change> lock(std::unique_lock<ForkMutex>& own) override;
  std::optional<Scope::Change> try_lock() noexcept override;
  uint64_t put(Endpoint& endpoint, const Joining& joining,
               const NamedCycle* drawn) noexcept override;
  uint64_t remove(int32_t index, const NamedCycle* drawn) noexcept override;
  uint64_t set_weight(int32_t index, int64_t weight, const NamedCycle* drawn) noexcept override;
  bool sets_health() const noexcept override { return true; }
  bool is_found_healthy(int32_t index) const noexcept override;
  IndexBits overruled() const noexcept override { return overruled_; }
  bool set_healthy(int32_t index, bool healthy) noexcept override;
  void announce() noexcept override;
  void share(const NamedCycle& drawn) noexcept override;

  std::vector<std::string> faults() const override;

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
    std::atomic<uint64_t> state;
    std::atomic<uint64_t> removed_at;
    std::array<std::atomic<uint64_t>, kTextWords> text;  // a byte a length, name, zone
    EndpointCounts counts;
  };

  static_assert(kTurns[1] == "weighted_round_robin");
  Turn& cycle_turn() noexcept { return head_->turns[1]; }
  uint64_t used() const noexcept;
  bool read_record(size_t index, Seen* out) const;
  void finish_change() noexcept;
  void begin() noexcept;
  uint64_t end(const NamedCycle* drawn) noexcept;
  template <class F>
  uint64_t change(int32_t index, const NamedCycle* drawn, F&& to) noexcept;

  static Head* head_of(const CellMemory& memory) {
    return reinterpret_cast<Head*>(memory.shared());
  }

  const CellMemory memory_;
  const uint64_t capacity_;
  const IndexBits overruled_;
  Head* const head_;
  Record* const records_;
  InFlightRows rows_;
  CycleRecord cycle_;
};

}  // namespace og
