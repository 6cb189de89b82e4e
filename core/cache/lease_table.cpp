// SPDX-License-Identifier: Apache-2.0
#include "core/cache/lease_table.h"

#include "core/cache/cache_entry.h"

namespace og {

LeaseTable::Grant LeaseTable::grant(uint64_t hash, int64_t token, int64_t now_ns,
                                    int64_t duration_ns) {
  // All leases last alike, so the oldest lapse first: two a grant keeps the lapsed from gathering.
  for (int i = 0; i < 2 && !by_age_.empty() && has_come(by_age_.front().deadline_ns, now_ns); ++i) {
    revoke(by_age_.front().hash);
  }
  if (int64_t wait_ns = stands_for(hash, now_ns)) return {false, wait_ns};
  revoke(hash);
  if (leases_.size() >= capacity_) revoke(by_age_.front().hash);
  by_age_.push_back({hash, token, later(now_ns, duration_ns)});
  try {
    leases_.emplace(hash, std::prev(by_age_.end()));
  } catch (...) {
    by_age_.pop_back();
    throw;
  }
  empty_.store(false, std::memory_order_relaxed);
  return {true, 0};
}

int64_t LeaseTable::stands_for(uint64_t hash, int64_t now_ns) const noexcept {
  auto found = leases_.find(hash);
  if (found == leases_.end()) return 0;
  const int64_t deadline_ns = found->second->deadline_ns;
  if (deadline_ns == kEndOfTime) return kEndOfTime;
  return has_come(deadline_ns, now_ns) ? 0 : deadline_ns - now_ns;
}

bool LeaseTable::redeem(uint64_t hash, int64_t token, int64_t now_ns) noexcept {
  auto found = leases_.find(hash);
  if (found == leases_.end() || found->second->token != token) return false;
  bool stands = !has_come(found->second->deadline_ns, now_ns);
  revoke(hash);
  return stands;
}

void LeaseTable::revoke(uint64_t hash) noexcept {
  auto found = leases_.find(hash);
  if (found == leases_.end()) return;
  by_age_.erase(found->second);
  leases_.erase(found);
  if (leases_.empty()) empty_.store(true, std::memory_order_relaxed);
}

void LeaseTable::clear() noexcept {
  leases_.clear();
  by_age_.clear();
  empty_.store(true, std::memory_order_relaxed);
}

}  // namespace og
