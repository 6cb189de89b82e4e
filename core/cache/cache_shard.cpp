// SPDX-License-Identifier: Apache-2.0
#include "core/cache/cache_shard.h"

namespace og {
namespace {

// Entries are freed in batches of this size, for each batch looks at every reader's counter.
constexpr int64_t kRetireBatchBytes = 16 * 1024;
constexpr int64_t kEvictedAtATime = 64;
constexpr size_t kSweepSlots = 4;  // one cache line of the index a write

int64_t bytes_of(const CacheEntry& entry) { return entry.weight; }
int64_t one(const CacheEntry&) { return 1; }

// Without a budget too there is a sum that is not passed: those of all shards together are a
// number.
int64_t share(int64_t capacity, int64_t shards) {
  return (capacity == 0 ? kNeverExpires : capacity) / shards;
}

// A shard's, of what the eviction counts.
int64_t charged_of(const CacheSettings& settings) {
  const bool by_bytes = settings.capacity_bytes > 0;
  return share(by_bytes ? settings.capacity_bytes : settings.capacity_entries, settings.shards);
}

}  // namespace

CacheShard::CacheShard(const CacheSettings& settings, uint64_t seed, ReadGate& gate)
    : jitter_(settings.ttl_jitter),
      lease_ns_(settings.lease_ns),
      gate_(gate),
      capacity_bytes_(share(settings.capacity_bytes, settings.shards)),
      capacity_entries_(share(settings.capacity_entries, settings.shards)),
      eviction_(settings.eviction->make(charged_of(settings),
                                        settings.capacity_bytes > 0 ? bytes_of : one)),
      leases_(static_cast<size_t>((settings.max_leases + settings.shards - 1) / settings.shards)),
      random_(seed) {}

CacheShard::~CacheShard() {
  for (CacheEntry* entry = eviction_->clear(); entry != nullptr;) {
    std::exchange(entry, entry->older)->unref();
  }
}

bool CacheShard::over(int64_t more_bytes, int64_t more_entries) const noexcept {
  return stats_.bytes > capacity_bytes_ - more_bytes ||
         stats_.entries > capacity_entries_ - more_entries;
}

// Without a lease any lease on the key falls; with one, whether it still stood.
bool CacheShard::accept(uint64_t hash, int64_t lease, int64_t now_ns) noexcept {
  if (lease == kNoLease) {
    leases_.revoke(hash);
  } else if (!leases_.redeem(hash, lease, now_ns)) {
    ++stats_.leases_lapsed;
    return false;
  }
  return true;
}

// What the key had before is no longer what its writer wants it to have.
void CacheShard::too_large(CacheEntry* old) noexcept {
  if (old != nullptr) {
    eviction_->remove(old);
    unlink(old);
  }
  ++stats_.too_large;
}

Status CacheShard::refuse(uint64_t hash, std::string_view key, int64_t lease,
                          int64_t now_ns) noexcept {
  RetireList doomed;
  ForkLock lock(mutex_);
  if (!accept(hash, lease, now_ns)) return Status::kLapsed;
  too_large(index_.find(hash, key));
  reap(doomed);
  return Status::kFull;
}

Status CacheShard::store(CacheValue value, Expiry expiry, int64_t lease, int64_t now_ns) {
  CacheEntry* entry = value.get();
  RetireList doomed;
  ForkLock lock(mutex_);
  retired_.add(index_.reserve());
  if (!accept(entry->hash, lease, now_ns)) return Status::kLapsed;
  if (expiring_) sweep(now_ns);
  CacheEntry* old = index_.find(entry->hash, entry->key());
  if (entry->weight > capacity_bytes_) {
    too_large(old);
    reap(doomed);
    return Status::kFull;
  }
  if (expiry.ttl_ns > 0) {
    double shorter = static_cast<double>(expiry.ttl_ns) * jitter_ * random_.unit();
    entry->fresh_until = later(now_ns, expiry.ttl_ns - static_cast<int64_t>(shorter));
    entry->usable_until = later(entry->fresh_until, expiry.stale_ns);
    expiring_ = true;
  }
  CacheEntry::Queue queue = CacheEntry::Queue::kNone;
  if (old != nullptr) {
    // The successor keeps the place that the key has earned; writing counts as a use.
    queue = old->queue;
    entry->uses.store(old->uses.load(std::memory_order_relaxed), std::memory_order_relaxed);
    entry->used();
    eviction_->remove(old);
    stats_.bytes -= old->weight;
    --stats_.entries;
  }
  make_room(entry->weight, 1, now_ns);
  eviction_->push(entry, queue);
  index_.put(value.release(), old);
  if (old != nullptr) retired_.add(old);
  stats_.bytes += entry->weight;
  ++stats_.entries;
  ++stats_.writes;
  reap(doomed);
  return Status::kOk;
}

CacheShard::Answer CacheShard::lease(uint64_t hash, std::string_view key, int64_t token,
                                     int64_t now_ns) {
  Answer answer;
  RetireList doomed;
  ForkLock lock(mutex_);
  CacheEntry* entry = index_.find(hash, key);
  if (entry != nullptr && !has_come(entry->fresh_until, now_ns)) {
    entry->used();
    answer.outcome = entry->absent ? Status::kAbsent : Status::kOk;
    if (!entry->absent) answer.value = CacheValue::share(entry);
    return answer;
  }
  LeaseTable::Grant grant = leases_.grant(hash, token, now_ns, lease_ns_);
  if (grant.granted) ++stats_.leases_granted;
  answer.wait_ns = grant.wait_ns;
  if (entry != nullptr && !has_come(entry->usable_until, now_ns)) {
    entry->used();
    answer.value = CacheValue::share(entry);
    answer.outcome = grant.granted ? Status::kMiss : Status::kStale;
    return answer;
  }
  if (entry != nullptr) expire(entry);
  answer.outcome = grant.granted ? Status::kMiss : Status::kWait;
  reap(doomed);
  return answer;
}

int64_t CacheShard::lease_stands_for(uint64_t hash, int64_t now_ns) const noexcept {
  ForkLock lock(mutex_);
  return leases_.stands_for(hash, now_ns);
}

bool CacheShard::give_up(uint64_t hash, int64_t lease, int64_t now_ns) noexcept {
  ForkLock lock(mutex_);
  return leases_.redeem(hash, lease, now_ns);
}

bool CacheShard::erase(uint64_t hash, std::string_view key, int64_t now_ns) noexcept {
  RetireList doomed;
  ForkLock lock(mutex_);
  leases_.revoke(hash);
  CacheEntry* entry = index_.find(hash, key);
  if (entry == nullptr) return false;
  bool usable = !has_come(entry->usable_until, now_ns);
  eviction_->remove(entry);
  unlink(entry);
  reap(doomed);
  return usable;
}

void CacheShard::drop_expired(uint64_t hash, std::string_view key, int64_t now_ns) noexcept {
  RetireList doomed;
  if (!mutex_.try_lock()) return;
  CacheEntry* entry = index_.find(hash, key);
  if (entry != nullptr && has_come(entry->usable_until, now_ns)) expire(entry);
  reap(doomed);
  mutex_.unlock();
}

void CacheShard::clear() {
  RetireList doomed;
  ForkLock lock(mutex_);
  retired_.add(index_.clear());
  for (CacheEntry* entry = eviction_->clear(); entry != nullptr;) {
    retired_.add(std::exchange(entry, entry->older));
  }
  leases_.clear();
  stats_.bytes = stats_.entries = 0;
  reap(doomed);
}

void CacheShard::resize(const CacheSettings& settings, int64_t now_ns) {
  for (bool first = true, fits = false; !fits; first = false) {
    RetireList doomed;
    ForkLock lock(mutex_);
    if (first) {
      capacity_bytes_ = share(settings.capacity_bytes, settings.shards);
      capacity_entries_ = share(settings.capacity_entries, settings.shards);
      eviction_->resize(charged_of(settings));
    }
    make_room(0, 0, now_ns, kEvictedAtATime);
    reap(doomed);
    fits = !over(0, 0);
  }
}

CacheShardStats CacheShard::stats() const {
  ForkLock lock(mutex_);
  CacheShardStats out = stats_;
  out.leases = static_cast<int64_t>(leases_.size());
  out.retired_bytes = retired_.bytes() + waiting_.bytes();
  return out;
}

void CacheShard::unlink(CacheEntry* entry) noexcept {
  index_.erase(entry);
  stats_.bytes -= entry->weight;
  --stats_.entries;
  retired_.add(entry);
}

void CacheShard::expire(CacheEntry* entry) noexcept {
  eviction_->remove(entry);
  unlink(entry);
  ++stats_.expirations;
}

void CacheShard::make_room(int64_t bytes, int64_t entries, int64_t now_ns, int64_t most) noexcept {
  for (; most > 0 && over(bytes, entries); --most) {
    CacheEntry* victim = eviction_->victim();
    if (has_come(victim->usable_until, now_ns)) {
      expire(victim);
      continue;
    }
    ++stats_.evictions;
    if (victim->queue == CacheEntry::Queue::kProbation) ++stats_.probation_evictions;
    eviction_->evict(victim);
    unlink(victim);
  }
}

// Expired entries that nobody asks for again would stay until evicted. Each write that expires
// looks at the next few slots of the index, and so passes over all of it every live_ / 1 to 4
// writes.
void CacheShard::sweep(int64_t now_ns) noexcept {
  for (size_t i = 0; i < kSweepSlots; ++i) {
    CacheEntry* entry = index_.at(hand_++);
    if (entry != nullptr && has_come(entry->usable_until, now_ns)) expire(entry);
  }
}

// Hands to `doomed`, which the caller frees after unlocking, what no reader can see any more.
void CacheShard::reap(RetireList& doomed) noexcept {
  if (waiting_.empty()) {
    if (retired_.bytes() < kRetireBatchBytes) return;
    waiting_.take(retired_);
    grace_.begin(gate_);
  }
  if (grace_.over(gate_)) doomed.take(waiting_);
}

}  // namespace og
