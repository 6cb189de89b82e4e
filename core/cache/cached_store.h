// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/fork_aware.h"
#include "core/base/metric_sink.h"
#include "core/base/store.h"
#include "core/cache/cache.h"
#include "core/cache/cached_store_options.h"
#include "core/cache/key_locks.h"
#include "core/cache/load_waiters.h"
#include "core/cache/write_behind.h"

namespace og {

struct CachedStoreStats {
  int64_t loads = 0;  // reads of the store
  int64_t load_failures = 0;
  int64_t waits = 0;        // gets that waited for another's load
  int64_t stale = 0;        // gets that took the value which another was loading anew
  int64_t buffer_hits = 0;  // gets answered from the write-behind buffer
  int64_t writes = 0;       // accepted
  int64_t write_failures = 0;
  int64_t refused = 0;          // for want of room
  int64_t written_through = 0;  // behind: by their callers, for want of room
  int64_t drain_ns = 0;         // behind: how long closing flushes
  int64_t oldest_age_ns = 0;    // behind: of the oldest buffered write
  WriteBufferStats buffer;
};

// A cache in front of a store, kept right by three rules.
//
// 1. Loads go by lease: of those who miss one reads the store, and fills only if nobody has written
//    the key meanwhile; the others wait for it or take the stale value (see Cache). A load that
//    found its lease withdrawn asks the cache again: what it read may be newer than what the cache
//    says until the write that it saw returns, and a caller's gets do not step back. Only the read
//    of one who waited wait_ms in vain, or whose load outlived its lease, may run ahead so.
// 2. A write reaches the store, or the buffer, before it changes the cache, and whatever it does to
//    the cache withdraws the lease. So a lease that stands when a load ends was granted after every
//    acknowledged write before it had reached the place where the load looked: with write-behind
//    the buffer first, then the store. A write in the buffer leaves it only when the store has it.
// 3. A write that failed may have been applied: the cache forgets the key, and the store will tell.
//
// What differs is the end of a write. Aside: the cache forgets the key, so concurrent writers need
// no order. Through: the cache gets what the store got, in the same order, which a lock a key keeps
// while the store works. Behind: see WriteBehind.
//
// A hit is the cache's: no lock, no allocation, one test more. It holds as far as all writes pass
// here; one who writes to the store behind its back is seen when the time to live is over.
//
// After a fork both processes go on. The child has no buffered writes, for they are the parent's to
// write, but the parent's cache as it was. Safe from every thread.
class CachedStore final : private ForkAware {
 public:
  // `clock` nullptr: the cache's.
  static Result<std::unique_ptr<CachedStore>> create(const Config& config,
                                                     std::shared_ptr<Cache> cache,
                                                     std::shared_ptr<Store> store, ClockPtr clock);
  ~CachedStore();

  enum class Source { kCache, kStale, kBuffer, kStore };
  struct Read {
    Status outcome = Status::kAbsent;  // kOk or kAbsent
    CacheValue value;
    Source source = Source::kCache;
  };
  Result<Read> get(std::string_view key);
  Result<Read> get_at(std::string_view key, int64_t now_ns);
  // Before get_at() for each of some sixteen keys at most.
  void prefetch(const std::string_view* keys, size_t count) const noexcept {
    cache_->prefetch(keys, count);
  }

  // No value is a deletion. kOk, or kFull when there is no room for it; then nothing has changed.
  Result<Status> write(std::string_view key, std::optional<std::string_view> value);
  Result<Status> write_at(std::string_view key, std::optional<std::string_view> value,
                          int64_t now_ns);

  // Changes what options it names: how long is waited, and of write-behind its batches, its
  // intervals and its retries.
  Result<void> reconfigure(const Config& config);

  // The rest is write-behind's; the other modes have nothing buffered and nothing dead.
  int64_t pump_at(int64_t now_ns) { return behind_ ? behind_->pump(now_ns) : 0; }
  WriteBuffer::Batch take_at(int64_t now_ns) {
    return behind_ ? behind_->take(now_ns) : WriteBuffer::Batch();
  }
  void complete_at(WriteBuffer::Batch& batch, const Error* error, int64_t now_ns) noexcept {
    if (behind_) behind_->complete(batch, error, now_ns);
  }
  int64_t due_at(int64_t now_ns) const noexcept {
    return behind_ ? behind_->due_at(now_ns) : kNeverExpires;
  }
  int64_t flush(int64_t timeout_ns) { return behind_ ? behind_->flush(timeout_ns) : 0; }
  // A flush in parts; `closing` refuses writes, in every mode.
  int64_t begin_flush(bool closing);
  int64_t await_flush(int64_t flush, int64_t timeout_ns) {
    return behind_ ? behind_->await_flush(flush, timeout_ns) : 0;
  }
  // Refuses writes from now on, in every mode; see WriteBehind.
  int64_t close(int64_t timeout_ns);

  std::vector<DeadLetter> dead_letters() const;
  Status redrive_at(std::string_view key, int64_t now_ns) {
    return behind_ ? behind_->redrive(key, now_ns) : Status::kMiss;
  }
  int64_t redrive_all_at(int64_t now_ns) { return behind_ ? behind_->redrive_all(now_ns) : 0; }
  bool discard(std::string_view key) noexcept { return behind_ && behind_->discard(key); }

  int64_t now() const noexcept { return clock_->now(); }
  CachedStoreStats stats() const noexcept;
  void collect(MetricSink& sink) const;

 private:
  CachedStore(const CachedStoreSettings& settings, std::shared_ptr<Cache> cache,
              std::shared_ptr<Store> store, ClockPtr clock);

  class Load;
  template <class Now>
  Result<Read> miss(std::string_view key, CacheLookup found, Now now);
  template <class Now>
  Result<Read> load(std::string_view key, uint64_t hash, int64_t lease, Now now, bool* kept);
  Result<void> write_aside(std::string_view key, uint64_t hash,
                           std::optional<std::string_view> value, int64_t now_ns);
  Result<void> write_through(std::string_view key, uint64_t hash,
                             std::optional<std::string_view> value, int64_t now_ns);

  void after_fork_in_child() noexcept override;

  enum Counter : size_t {
    kLoads,
    kLoadFailures,
    kWaits,
    kStaleTaken,
    kBufferHits,
    kWrites,
    kWriteFailures,
    kRefused
  };

  // How long who waits for another's load does so.
  int64_t wait_of(const CachedStoreSettings& settings) const noexcept;

  const CacheMode mode_;
  const std::shared_ptr<Cache> cache_;
  const std::shared_ptr<Store> store_;
  const ClockPtr clock_;
  std::atomic<int64_t> wait_ns_;
  KeyLocks locks_;
  LoadWaiters waiters_;
  std::atomic<bool> closed_{false};
  StripedCounters<8> counters_;
  Histogram load_time_;
  std::unique_ptr<WriteBehind> behind_;
  // What the options are now. Its lock is newer than the others, and taken before them.
  struct Changing {
    ForkMutex mutex;
    std::string meaning OG_GUARDED_BY(mutex);
  };
  std::unique_ptr<Changing> changing_;
};

}  // namespace og
