// SPDX-License-Identifier: Apache-2.0
#include "core/cache/cache.h"

#include <algorithm>
#include <cstring>

#include "core/base/hash.h"

namespace og {
namespace {

// More than any budget of bytes, and still a number when there are as many as fit into none.
constexpr int64_t kMostWeight = int64_t{1} << 51;

}  // namespace

Result<std::unique_ptr<Cache>> Cache::create(const Config& config, ClockPtr clock) {
  auto settings = CacheSettings::resolve(config);
  if (!settings) return tl::unexpected(settings.error());
  return std::unique_ptr<Cache>(new Cache(*settings, std::move(clock)));
}

Cache::Cache(const CacheSettings& settings, ClockPtr clock)
    : settings_(settings),
      clock_(std::move(clock)),
      shard_mask_(static_cast<uint64_t>(settings.shards - 1)) {
  Random seeds(settings.seed);
  shards_.reserve(static_cast<size_t>(settings.shards));
  for (int64_t i = 0; i < settings.shards; ++i) {
    shards_.push_back(std::make_unique<CacheShard>(settings_, seeds.next(), gate_));
  }
  changing_ = std::make_unique<Changing>();
  ForkLock lock(changing_->mutex);
  changing_->settings = settings;
  join_forks();
}

Result<void> Cache::reconfigure(const Config& config) {
  ForkLock lock(changing_->mutex);
  auto changed = changing_->settings.changed(config);
  if (!changed) return tl::unexpected(std::move(changed.error()));
  for (auto& shard : shards_) shard->resize(*changed, clock_->now());
  changing_->settings = std::move(*changed);
  return {};
}

Cache::~Cache() { leave_forks(); }

void Cache::after_fork_in_child() noexcept {
  for (auto& shard : shards_) shard->after_fork_in_child();
}

// The hit path, inside a pass of the gate. `take` is shown the entry while nothing can free it;
// `now` is asked only where it matters.
template <class Now, class Take>
Status Cache::look_up(uint64_t hash, std::string_view key, Now now, Take take) const noexcept {
  CacheShard& shard = shard_of(hash);
  CacheEntry* entry = shard.index().find(hash, key);
  if (entry != nullptr) {
    if (entry->fresh_until == kNeverExpires || now() < entry->fresh_until) {
      entry->used();
      counters_.add(entry->absent ? kNegativeHits : kHits);
      if (entry->absent) return Status::kAbsent;
      take(entry);
      return Status::kOk;
    }
    if (has_come(entry->usable_until, now())) shard.drop_expired(hash, key, now());
  }
  counters_.add(kMisses);
  return Status::kMiss;
}

template <class Now, class Take>
Status Cache::read(std::string_view key, Now now, Take take) const noexcept {
  uint64_t hash = hash_of(key);
  ReadGate::Pass pass = gate_.enter();
  return look_up(hash, key, now, take);
}

CacheLookup Cache::get(std::string_view key) const noexcept {
  CacheLookup out;
  out.outcome = read(
      key, [this] { return clock_->now(); },
      [&](CacheEntry* entry) { out.value = CacheValue::share(entry); });
  return out;
}

CacheLookup Cache::get_at(std::string_view key, int64_t now_ns) const noexcept {
  CacheLookup out;
  out.outcome = read(
      key, [now_ns] { return now_ns; },
      [&](CacheEntry* entry) { out.value = CacheValue::share(entry); });
  return out;
}

void Cache::get_many(const std::string_view* keys, size_t count, CacheLookup* out) const noexcept {
  if (count > 0) get_many_at(keys, count, out, clock_->now());
}

void Cache::get_many_at(const std::string_view* keys, size_t count, CacheLookup* out,
                        int64_t now_ns) const noexcept {
  constexpr size_t kAhead = 16;
  uint64_t hashes[kAhead];
  for (size_t done = 0; done < count; done += kAhead) {
    size_t n = std::min(kAhead, count - done);
    ReadGate::Pass pass = gate_.enter();
    for (size_t i = 0; i < n; ++i) {
      hashes[i] = hash_of(keys[done + i]);
      shard_of(hashes[i]).index().prefetch(hashes[i]);
    }
    for (size_t i = 0; i < n; ++i) {
      __builtin_prefetch(shard_of(hashes[i]).index().guess(hashes[i]));
    }
    for (size_t i = 0; i < n; ++i) {
      CacheLookup& found = out[done + i];
      found = {};
      found.outcome = look_up(
          hashes[i], keys[done + i], [now_ns] { return now_ns; },
          [&](CacheEntry* entry) { found.value = CacheValue::share(entry); });
    }
  }
}

void Cache::prefetch(const std::string_view* keys, size_t count) const noexcept {
  ReadGate::Pass pass = gate_.enter();
  for (size_t i = 0; i < count; ++i) {
    uint64_t hash = hash_of(keys[i]);
    shard_of(hash).index().prefetch(hash);
  }
  for (size_t i = 0; i < count; ++i) {
    uint64_t hash = hash_of(keys[i]);
    __builtin_prefetch(shard_of(hash).index().guess(hash));
  }
}

namespace {

int64_t copy_out(const CacheEntry* entry, void* out, int64_t capacity) noexcept {
  std::string_view value = entry->value();
  auto size = static_cast<int64_t>(value.size());
  if (int64_t n = std::min(size, capacity); n > 0) {
    std::memcpy(out, value.data(), static_cast<size_t>(n));
  }
  return size;
}

}  // namespace

int64_t Cache::copy(std::string_view key, void* out, int64_t capacity) const noexcept {
  int64_t size = 0;
  Status outcome = read(
      key, [this] { return clock_->now(); },
      [&](CacheEntry* entry) { size = copy_out(entry, out, capacity); });
  return outcome == Status::kOk ? size : static_cast<int64_t>(outcome);
}

int64_t Cache::copy_at(std::string_view key, void* out, int64_t capacity,
                       int64_t now_ns) const noexcept {
  int64_t size = 0;
  Status outcome = read(
      key, [now_ns] { return now_ns; },
      [&](CacheEntry* entry) { size = copy_out(entry, out, capacity); });
  return outcome == Status::kOk ? size : static_cast<int64_t>(outcome);
}

CacheLookup Cache::get_or_lease(std::string_view key) const {
  return lease(hash_of(key), key, [this] { return clock_->now(); });
}

CacheLookup Cache::get_or_lease_at(uint64_t hash, std::string_view key, int64_t now_ns) const {
  return lease(hash, key, [now_ns] { return now_ns; });
}

template <class Now>
CacheLookup Cache::lease(uint64_t hash, std::string_view key, Now now) const {
  {
    ReadGate::Pass pass = gate_.enter();
    CacheEntry* entry = shard_of(hash).index().find(hash, key);
    if (entry != nullptr && (entry->fresh_until == kNeverExpires || now() < entry->fresh_until)) {
      entry->used();
      counters_.add(entry->absent ? kNegativeHits : kHits);
      CacheLookup out;
      out.outcome = entry->absent ? Status::kAbsent : Status::kOk;
      if (!entry->absent) out.value = CacheValue::share(entry);
      return out;
    }
  }
  int64_t token = next_lease_.fetch_add(1, std::memory_order_relaxed);
  CacheShard::Answer answer = shard_of(hash).lease(hash, key, token, now());
  switch (answer.outcome) {
    case Status::kOk:
      counters_.add(kHits);
      break;
    case Status::kAbsent:
      counters_.add(kNegativeHits);
      break;
    case Status::kStale:
      counters_.add(kStaleHits);
      break;
    case Status::kWait:
      counters_.add(kWaits);
      [[fallthrough]];
    default:
      counters_.add(kMisses);
  }
  return {.outcome = answer.outcome,
          .value = std::move(answer.value),
          .lease = answer.outcome == Status::kMiss ? token : 0,
          .wait_ns = answer.wait_ns};
}

int64_t Cache::must_wait_at(uint64_t hash, std::string_view key, int64_t now_ns) const noexcept {
  const CacheShard& shard = shard_of(hash);
  if (!shard.has_leases()) return 0;
  {
    ReadGate::Pass pass = gate_.enter();
    CacheEntry* entry = shard.index().find(hash, key);
    if (entry != nullptr && !has_come(entry->usable_until, now_ns)) return 0;
  }
  return shard.lease_stands_for(hash, now_ns);
}

Status Cache::store(std::string_view key, std::string_view value, bool absent, int64_t lease,
                    CachePut put, int64_t now_ns) {
  if (key.size() > kMaxCacheKeyBytes)
    return Status::kFull;  // unread: it has no value that could go
  uint64_t hash = hash_of(key);
  if (value.size() > kMaxCacheValueBytes) return shard_of(hash).refuse(hash, key, lease, now_ns);
  CacheValue entry = CacheValue::adopt(CacheEntry::make(hash, key, value));
  entry.get()->absent = absent;
  int64_t weight = put.weight > 0 ? put.weight : static_cast<int64_t>(value.size());
  entry.get()->weight =
      kEntryOverhead + static_cast<int64_t>(key.size()) + std::min(weight, kMostWeight);
  int64_t fallback = absent ? settings_.negative_ttl_ns : settings_.ttl_ns;
  CacheShard::Expiry expiry{.ttl_ns = put.ttl_ns < 0 ? fallback : put.ttl_ns,
                            .stale_ns = absent ? 0 : settings_.stale_ns};
  return shard_of(hash).store(std::move(entry), expiry, lease, now_ns);
}

Status Cache::fill(std::string_view key, int64_t lease, std::string_view value, CachePut put) {
  return fill_at(key, lease, value, put, clock_->now());
}

Status Cache::fill_at(std::string_view key, int64_t lease, std::string_view value, CachePut put,
                      int64_t now_ns) {
  if (lease <= 0) return Status::kLapsed;
  return store(key, value, false, lease, put, now_ns);
}

Status Cache::fill_absent(std::string_view key, int64_t lease, int64_t ttl_ns) {
  return fill_absent_at(key, lease, ttl_ns, clock_->now());
}

Status Cache::fill_absent_at(std::string_view key, int64_t lease, int64_t ttl_ns, int64_t now_ns) {
  if (lease <= 0) return Status::kLapsed;
  return store(key, {}, true, lease, {.ttl_ns = ttl_ns}, now_ns);
}

bool Cache::give_up(std::string_view key, int64_t lease) noexcept {
  return give_up_at(key, lease, clock_->now());
}

bool Cache::give_up_at(std::string_view key, int64_t lease, int64_t now_ns) noexcept {
  uint64_t hash = hash_of(key);
  return shard_of(hash).give_up(hash, lease, now_ns);
}

Status Cache::set(std::string_view key, std::string_view value, CachePut put) {
  return set_at(key, value, put, clock_->now());
}

Status Cache::set_at(std::string_view key, std::string_view value, CachePut put, int64_t now_ns) {
  return store(key, value, false, CacheShard::kNoLease, put, now_ns);
}

Status Cache::set_absent(std::string_view key, int64_t ttl_ns) {
  return set_absent_at(key, ttl_ns, clock_->now());
}

Status Cache::set_absent_at(std::string_view key, int64_t ttl_ns, int64_t now_ns) {
  return store(key, {}, true, CacheShard::kNoLease, {.ttl_ns = ttl_ns}, now_ns);
}

bool Cache::erase(std::string_view key) noexcept { return erase_at(key, clock_->now()); }

bool Cache::erase_at(std::string_view key, int64_t now_ns) noexcept {
  uint64_t hash = hash_of(key);
  return shard_of(hash).erase(hash, key, now_ns);
}

void Cache::clear() {
  for (auto& shard : shards_) shard->clear();
}

CacheStats Cache::stats() const noexcept {
  CacheStats out;
  out.hits = counters_.total(kHits);
  out.negative_hits = counters_.total(kNegativeHits);
  out.stale_hits = counters_.total(kStaleHits);
  out.misses = counters_.total(kMisses);
  out.waits = counters_.total(kWaits);
  for (const auto& shard : shards_) out.totals += shard->stats();
  return out;
}

}  // namespace og
