// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>

#include "core/base/tickets.h"

namespace og {

// Where a request goes, and what it holds of each layer: words that the layer alone reads, 0 where
// it holds nothing.
struct Taken {
  static constexpr int32_t kNobody = static_cast<int32_t>(Status::kNone);
  static constexpr size_t kMostWords = 8;  // of all layers
  int32_t server = kNobody;
  int32_t node = kNobody;
  bool write = false;
  std::array<int64_t, kMostWords> words;

  // By a constructor, so that whoever holds it is not cleared as a whole, by a loop, but these
  // words by a few stores: each request pays it.
  Taken() noexcept : words{} {}
};

// A call in flight. Its memory is used again for the next; a key of usual length costs nothing
// then.
struct Call {
  Taken taken;
  std::string key;                              // of what is to be cached or invalidated
  std::atomic<int32_t> server{Taken::kNobody};  // taken's, for those who ask while it runs
  std::atomic<int32_t> node{Taken::kNobody};
};

// The calls in flight, each reached by its ticket for as long as that stands (see Tickets). Whoever
// takes a call out, its holder or the deadline, has it alone and settles it; so it is settled once.
class CallTable {
 public:
  CallTable(int64_t capacity, int64_t deadline_ns)
      : tickets_(capacity, deadline_ns), calls_(new Call[static_cast<size_t>(capacity)]) {}

  // One to fill in, the caller's until published or recycled; nullptr when there is no room.
  Call* reserve() noexcept {
    int64_t index = tickets_.reserve();
    return index < 0 ? nullptr : &calls_[static_cast<size_t>(index)];
  }
  int64_t publish(Call& call, const Taken& taken, int64_t now) noexcept {
    call.taken = taken;
    call.server.store(taken.server, std::memory_order_release);
    call.node.store(taken.node, std::memory_order_release);
    int64_t index = index_of(call);
    return tickets_.publish(index, static_cast<int32_t>(index), now);
  }

  // The call, now the caller's to settle and recycle; nullptr when the ticket does not stand.
  Call* seize(int64_t ticket, int64_t now) noexcept {
    Tickets::Held held;
    return tickets_.seize(ticket, now, &held) ? &calls_[static_cast<size_t>(held.owner)] : nullptr;
  }
  void recycle(Call& call) noexcept {
    if (call.key.capacity() > kKeptKeyBytes) std::string().swap(call.key);
    tickets_.recycle(index_of(call));
  }

  // Calls settle(call) for those past their deadline.
  template <class F>
  void expire(int64_t now, F&& settle) noexcept {
    if (!tickets_.timed()) return;
    tickets_.expire(now, [&](int32_t index) { settle(calls_[static_cast<size_t>(index)]); });
  }
  // All: nobody else uses the table any more.
  template <class F>
  void settle_all(F&& settle) noexcept {
    tickets_.take_back_all([&](int32_t index) { settle(calls_[static_cast<size_t>(index)]); });
  }

  // For a forked child, whose calls they are not: all tickets lapse, and nothing is settled. Who
  // was writing a key stayed in the parent, so no key is looked at again: those of the calls in
  // flight leak.
  void forget() noexcept {
    for (int64_t i = 0; i < tickets_.used(); ++i)
      new (&calls_[static_cast<size_t>(i)].key) std::string;
    tickets_.forget();
  }

  // Where the ticket's call runs: an index, kNone when nowhere in particular, or kLapsed.
  int32_t server(int64_t ticket) const noexcept { return read(ticket, &Call::server); }
  int32_t node(int64_t ticket) const noexcept { return read(ticket, &Call::node); }

 private:
  static constexpr size_t kKeptKeyBytes = 1024;

  int64_t index_of(const Call& call) const noexcept { return &call - calls_.get(); }

  // What is read belongs to the ticket if that still stands afterwards: a later call's is stored
  // after the ticket fell.
  int32_t read(int64_t ticket, std::atomic<int32_t> Call::* field) const noexcept {
    if (ticket <= 0) return static_cast<int32_t>(Status::kInvalidArgument);
    if (!tickets_.is_out(ticket)) return static_cast<int32_t>(Status::kLapsed);
    const Call& call = calls_[static_cast<size_t>(Tickets::slot_of(ticket))];
    int32_t value = (call.*field).load(std::memory_order_acquire);
    return tickets_.is_out(ticket) ? value : static_cast<int32_t>(Status::kLapsed);
  }

  Tickets tickets_;
  std::unique_ptr<Call[]> calls_;
};

}  // namespace og
