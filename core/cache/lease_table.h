// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

namespace og {

// Who may fill what: one standing lease a key, as in memcache at Facebook (Nishtala et al.,
// "Scaling Memcache at Facebook", NSDI 2013, section 3.2.1).
//
// A lease is a positive number granted on a miss and redeemed by the fill. It stops standing at its
// deadline, so a dead loader blocks nobody for long, and when its key is deleted or set meanwhile,
// so a slow loader cannot put an old value over a newer change.
//
// Keys are known here by their hash. Two keys with the same 64 bits would share a lease: one would
// wait for the other, or lose its lease to the other's deletion. Both are safe, and self-healing.
//
// Bounded: the oldest lease of a full table is withdrawn to make room, and its holder's fill
// refused. Under the shard's lock, but for empty(); a grant allocates, so it is no part of a hit.
class LeaseTable {
 public:
  explicit LeaseTable(size_t capacity) : capacity_(capacity) {}

  struct Grant {
    bool granted = false;
    int64_t wait_ns = 0;  // else: until the standing lease reaches its deadline
  };
  // Grants `token` until now + duration unless a lease stands. Throws std::bad_alloc.
  Grant grant(uint64_t hash, int64_t token, int64_t now_ns, int64_t duration_ns);
  // Takes the lease back if it is the standing one: whether it was.
  bool redeem(uint64_t hash, int64_t token, int64_t now_ns) noexcept;
  // How long the key's lease stands from now on, 0 without one.
  int64_t stands_for(uint64_t hash, int64_t now_ns) const noexcept;
  // Withdraws whatever lease the key has.
  void revoke(uint64_t hash) noexcept;
  void clear() noexcept;
  size_t size() const noexcept { return leases_.size(); }
  // Whether it was so a moment ago: without the lock.
  bool empty() const noexcept { return empty_.load(std::memory_order_relaxed); }

 private:
  struct Lease {
    uint64_t hash;
    int64_t token;
    int64_t deadline_ns;
  };
  std::list<Lease> by_age_;  // oldest first
  std::unordered_map<uint64_t, std::list<Lease>::iterator> leases_;
  std::atomic<bool> empty_{true};
  const size_t capacity_;
};

}  // namespace og
