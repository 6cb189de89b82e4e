// SPDX-License-Identifier: Apache-2.0
#include "core/cache/cached_store.h"

#include <chrono>

#include "core/base/patience.h"
#include "core/cache/cache_mirror.h"
#include "core/cache/store_call.h"

namespace og {

Result<std::unique_ptr<CachedStore>> CachedStore::create(const Config& config,
                                                         std::shared_ptr<Cache> cache,
                                                         std::shared_ptr<Store> store,
                                                         ClockPtr clock) {
  auto settings = CachedStoreSettings::resolve(config);
  if (!settings) return tl::unexpected(settings.error());
  if (!clock) clock = cache->clock();
  return std::unique_ptr<CachedStore>(
      new CachedStore(*settings, std::move(cache), std::move(store), std::move(clock)));
}

int64_t CachedStore::wait_of(const CachedStoreSettings& settings) const noexcept {
  return clock_->kind() == Clock::Kind::kManual ? 0 : settings.wait_ns;
}

CachedStore::CachedStore(const CachedStoreSettings& settings, std::shared_ptr<Cache> cache,
                         std::shared_ptr<Store> store, ClockPtr clock)
    : mode_(settings.mode),
      cache_(std::move(cache)),
      store_(std::move(store)),
      clock_(std::move(clock)),
      wait_ns_(wait_of(settings)) {
  if (mode_ == CacheMode::kBehind) {
    behind_ = std::make_unique<WriteBehind>(settings, cache_, store_, clock_);
  }
  changing_ = std::make_unique<Changing>();
  ForkLock lock(changing_->mutex);
  changing_->meaning = settings.meaning;
  join_forks();
}

Result<void> CachedStore::reconfigure(const Config& config) {
  ForkLock lock(changing_->mutex);
  auto change = Options::change(kCachedStoreOptions, changing_->meaning, config);
  if (!change) return tl::unexpected(std::move(change.error()));
  auto settings = CachedStoreSettings::resolve(change->after.to_config());
  if (!settings) return tl::unexpected(std::move(settings.error()));
  wait_ns_.store(wait_of(*settings), std::memory_order_relaxed);
  if (behind_) behind_->reconfigure(*settings);
  changing_->meaning = std::move(change->meaning);
  return {};
}

CachedStore::~CachedStore() {
  leave_forks();
  behind_.reset();
}

// ---- reads ----

// Ends a load however it ends: who waits for it is told, and a lease not used is given back.
class CachedStore::Load {
 public:
  Load(CachedStore& owner, std::string_view key, uint64_t hash, int64_t lease)
      : owner_(owner), key_(key), hash_(hash), lease_(lease), call_(&owner, kLoad, hash, *this) {}
  ~Load() { (*this)(); }
  void operator()() noexcept {
    if (lease_ == 0) return;
    if (!filled_) owner_.cache_->give_up(key_, lease_);
    owner_.waiters_.wake(hash_);
    lease_ = 0;
  }
  void fail(const Error& error) noexcept {
    if (lease_ == 0) return;
    owner_.cache_->give_up(key_, lease_);
    owner_.waiters_.fail(hash_, error);
    lease_ = 0;
  }
  // False when a lease no longer stood.
  bool fill(std::optional<std::string_view> value, int64_t now_ns) {
    if (lease_ == 0) return true;
    Status kept = value
                      ? owner_.cache_->fill_at(key_, lease_, *value, {}, now_ns)
                      : owner_.cache_->fill_absent_at(key_, lease_, CachePut::kDefaultTtl, now_ns);
    filled_ = true;
    return kept != Status::kLapsed;
  }

 private:
  static constexpr StoreCall::What kLoad = StoreCall::What::kLoad;
  CachedStore& owner_;
  const std::string_view key_;
  const uint64_t hash_;
  int64_t lease_;
  bool filled_ = false;
  const StoreCall call_;
};

Result<CachedStore::Read> CachedStore::get(std::string_view key) {
  CacheLookup found = cache_->get_or_lease(key);
  if (found.outcome == Status::kOk) return Read{Status::kOk, std::move(found.value)};
  return miss(key, std::move(found), [this] { return clock_->now(); });
}

Result<CachedStore::Read> CachedStore::get_at(std::string_view key, int64_t now_ns) {
  CacheLookup found = cache_->get_or_lease_at(key, now_ns);
  if (found.outcome == Status::kOk) return Read{Status::kOk, std::move(found.value)};
  return miss(key, std::move(found), [now_ns] { return now_ns; });
}

// A write that voids a lease may be the one before the one that the load saw. What was loaded is
// then newer than what others are shown until that too is in the cache, and the caller's next get
// would step back: so it asks the cache again. Not after a load that outlived its lease, which the
// next would too.
//
// Whoever waits for a load that fails takes its error: it would be told the same after as long
// again, and the next in line after twice that.
template <class Now>
Result<CachedStore::Read> CachedStore::miss(std::string_view key, CacheLookup found, Now now) {
  uint64_t hash = cache_->hash_of(key);
  LoadWaiters::Time until{};
  std::optional<LoadWaiters::Waiter> waiter;
  bool waited = false;
  for (bool again = false;; again = true) {
    if (waiter) waiter->begin();
    if (again) found = cache_->get_or_lease_at(hash, key, now());
    bool hers = found.outcome == Status::kWait || found.lease > 0;
    if (hers && StoreCall::under_way(this, StoreCall::What::kLoad, hash)) {
      if (found.lease > 0) cache_->give_up(key, found.lease);
      return fail(Status::kInvalidArgument,
                  "the store, asked to read a key, read that key from the cached store that asked");
    }
    switch (found.outcome) {
      case Status::kOk:
        return Read{Status::kOk, std::move(found.value)};
      case Status::kAbsent:
        return Read{};
      case Status::kStale:
        counters_.add(kStaleTaken);
        return Read{Status::kOk, std::move(found.value), Source::kStale};
      case Status::kWait:
        break;
      default: {
        waiter.reset();
        int64_t began = now();
        bool kept = true;
        auto read = load(key, hash, found.lease, now, &kept);
        if (kept || now() - began >= cache_->settings().lease_ns) return read;
        auto here = std::chrono::steady_clock::now();
        if (until == LoadWaiters::Time()) until = here + std::chrono::nanoseconds(wait_ns_);
        if (here >= until) return read;
        continue;
      }
    }
    auto here = std::chrono::steady_clock::now();
    if (until == LoadWaiters::Time()) until = here + std::chrono::nanoseconds(wait_ns_);
    if (!waiter && here < until) {  // asked before it was known that there is something to wait for
      waiter.emplace(waiters_, hash);
      continue;
    }
    if (!std::exchange(waited, true)) counters_.add(kWaits);
    if (here >= until) {
      waiter.reset();
      return load(key, hash, 0, now, nullptr);
    }
    if (auto failed = waiter->wait(until)) return tl::unexpected(std::move(*failed));
    if (Patience::interrupted()) return Patience::interruption();
  }
}

template <class Now>
Result<CachedStore::Read> CachedStore::load(std::string_view key, uint64_t hash, int64_t lease,
                                            Now now, bool* kept) {
  Load loading(*this, key, hash, lease);
  auto fill = [&](std::optional<std::string_view> value) {
    bool stood = loading.fill(value, now());
    if (kept) *kept = stood;
  };
  if (behind_) {
    // After the lease was granted: a write that comes later withdraws it.
    if (CacheValue written = behind_->find(key)) {
      counters_.add(kBufferHits);
      StoreWrite pending = view_write(written);
      fill(pending.value);
      if (!pending.value) return Read{Status::kAbsent, {}, Source::kBuffer};
      return Read{Status::kOk, std::move(written), Source::kBuffer};
    }
  }
  counters_.add(kLoads);
  int64_t start = clock_->now();
  auto loaded = store_->get(key);
  load_time_.record(clock_->now() - start);
  if (loaded && *loaded && (*loaded)->size() > static_cast<size_t>(kMaxCacheValueBytes)) {
    loaded = fail(Status::kUnsupported, "the value is larger than 2 GiB");
  }
  if (!loaded) {
    counters_.add(kLoadFailures);
    loading.fail(loaded.error());
    return tl::unexpected(std::move(loaded.error()));
  }
  if (!*loaded) {
    fill(std::nullopt);
    return Read{Status::kAbsent, {}, Source::kStore};
  }
  CacheValue value = CacheValue::copy_of(**loaded);
  fill(**loaded);
  return Read{Status::kOk, std::move(value), Source::kStore};
}

// ---- writes ----

Result<Status> CachedStore::write(std::string_view key, std::optional<std::string_view> value) {
  return write_at(key, value, clock_->now());
}

Result<Status> CachedStore::write_at(std::string_view key, std::optional<std::string_view> value,
                                     int64_t now_ns) {
  auto size = static_cast<int64_t>(value ? value->size() : 0);
  if (static_cast<int64_t>(key.size()) > kMaxCacheKeyBytes || size > kMaxCacheValueBytes) {
    return fail(Status::kInvalidArgument, "keys and values are up to 2 GiB");
  }
  if (closed_.load(std::memory_order_relaxed)) {
    return fail(Status::kClosed, "the cached store is closed: it takes no more writes");
  }
  uint64_t hash = cache_->hash_of(key);
  Result<Status> done = Status::kOk;
  if (behind_) {
    done = behind_->put(key, value, now_ns);
  } else if (StoreCall::under_way(this, StoreCall::What::kWrite, hash)) {
    done = fail(Status::kInvalidArgument,
                "the store, asked to write a key, wrote that key to the cached store that asked");
  } else {
    Result<void> stored = mode_ == CacheMode::kAside ? write_aside(key, hash, value, now_ns)
                                                     : write_through(key, hash, value, now_ns);
    if (!stored) done = tl::unexpected(std::move(stored.error()));
  }
  waiters_.wake(hash);  // their lease has fallen
  counters_.add(!done ? kWriteFailures : *done == Status::kOk ? kWrites : kRefused);
  return done;
}

// A write whose store's function never returned may have been applied.
Result<void> CachedStore::write_aside(std::string_view key, uint64_t hash,
                                      std::optional<std::string_view> value, int64_t now_ns) {
  auto undo = [&]() noexcept {
    cache_->erase_at(key, now_ns);
    waiters_.wake(hash);
  };
  StoreCall call(this, StoreCall::What::kWrite, hash, undo);
  Result<void> stored = write_to(*store_, key, value);
  cache_->erase_at(key, now_ns);  // whether or not it failed
  return stored;
}

Result<void> CachedStore::write_through(std::string_view key, uint64_t hash,
                                        std::optional<std::string_view> value, int64_t now_ns) {
  KeyLocks::Hold hold(locks_, hash);
  if (!hold) {
    if (Patience::interrupted()) return Patience::interruption();
    return fail(Status::kTimeout,
                "the store, asked to write a key, wrote another to the cached store that asked, "
                "and waited for "
                "another thread's write of that, which may wait for this one");
  }
  auto undo = [&]() noexcept {
    cache_->erase_at(key, now_ns);
    hold.end();
    waiters_.wake(hash);
  };
  StoreCall call(this, StoreCall::What::kWrite, hash, undo);
  Result<void> stored = write_to(*store_, key, value);
  if (stored) {
    mirror(*cache_, key, value, now_ns);
  } else {
    cache_->erase_at(key, now_ns);
  }
  return stored;
}

int64_t CachedStore::begin_flush(bool closing) {
  if (closing) closed_.store(true, std::memory_order_relaxed);
  return behind_ ? behind_->begin_flush(closing) : 0;
}

int64_t CachedStore::close(int64_t timeout_ns) {
  closed_.store(true, std::memory_order_relaxed);
  return behind_ ? behind_->close(timeout_ns) : 0;
}

std::vector<DeadLetter> CachedStore::dead_letters() const {
  return behind_ ? behind_->dead_letters() : std::vector<DeadLetter>();
}

// ---- forks ----

void CachedStore::after_fork_in_child() noexcept {
  waiters_.after_fork_in_child();
  if (behind_) behind_->after_fork_in_child();
}

}  // namespace og
