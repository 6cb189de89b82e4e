// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/fork_mutex.h"
#include "core/base/store.h"
#include "core/cache/cache.h"
#include "core/cache/cached_store_options.h"
#include "core/cache/write_buffer.h"

namespace og {

// The buffer of a write-behind cache, its lock, and who writes it to the store: a thread of its
// own, which starts with the first write and has all signals blocked; or whoever calls pump(),
// flush(), close(), or take() and complete(). Batches may be taken by several at a time: the buffer
// sees to it that each key is in one of them.
//
// A write enters buffer and cache under one lock, so that the two agree on which came last; no lock
// is held while the store works. The thread calls the store and nothing else.
//
// After a fork the parent goes on. The child has an empty buffer, since what was in it is the
// parent's to write, and a thread of its own from its first write on.
class WriteBehind {
 public:
  using Batch = WriteBuffer::Batch;

  WriteBehind(const CachedStoreSettings& settings, std::shared_ptr<Cache> cache,
              std::shared_ptr<Store> store, ClockPtr clock);
  ~WriteBehind();  // close(kDrain)

  // kOk: in the buffer and the cache, or in the store and the cache. kFull: nothing has changed.
  Result<Status> put(std::string_view key, std::optional<std::string_view> value, int64_t now_ns);
  // The newest acknowledged write of the key that is not in the store yet, or nothing.
  CacheValue find(std::string_view key) const noexcept;

  // Writes what is due by now_ns, on this thread: how many reached the store. Ends early at an
  // interrupt.
  int64_t pump(int64_t now_ns);
  Batch take(int64_t now_ns);
  void complete(Batch& batch, const Error* error, int64_t now_ns) noexcept;
  int64_t due_at(int64_t now_ns) const noexcept;

  // Until everything added before is in the store or a dead letter, or the time is up: how many
  // writes are not. Without a thread this one writes; a manual clock stands meanwhile, so that each
  // write is tried once.
  int64_t flush(int64_t timeout_ns) { return await_flush(begin_flush(false), timeout_ns); }
  // The same in parts: a flush's number, and a wait for that flush, which may be repeated. What is
  // written after the beginning is not waited for, and no retry is hurried twice. `closing` refuses
  // writes from now on, as the close() that is to end it does.
  int64_t begin_flush(bool closing);
  int64_t await_flush(int64_t flush, int64_t timeout_ns);
  // Refuses writes from now on, flushes, ends the thread: how many writes did not reach the store.
  // They are dead letters now, but for those that a batch still holds; counted from where writes
  // began to be refused. kDrain: for drain_ms.
  static constexpr int64_t kDrain = -1;
  int64_t close(int64_t timeout_ns);

  // Other intervals, retries and waits from now on. A write that is buffered keeps its time.
  void reconfigure(const CachedStoreSettings& settings) noexcept;

  std::vector<DeadLetter> dead_letters() const;
  Status redrive(std::string_view key, int64_t now_ns);
  int64_t redrive_all(int64_t now_ns);
  bool discard(std::string_view key) noexcept;
  WriteBufferStats stats() const noexcept;
  int64_t drain_ns() const noexcept { return drain_ns_.load(std::memory_order_relaxed); }
  int64_t written_through() const noexcept { return written_through_.load(); }
  // Read without the lock: a histogram's counts are atomic.
  const Histogram& lag() const noexcept OG_NOT_ANALYSED { return buffer_.lag(); }

  void after_fork_in_child() noexcept OG_NOT_ANALYSED;  // alone, and so without the lock

 private:
  using Lock = std::unique_lock<ForkMutex>;  // of mutex_, where it is given up meanwhile
  using Time = std::chrono::steady_clock::time_point;

  Result<void> check_open() const OG_REQUIRES(mutex_);
  Result<Status> write_through(Lock& lock, std::string_view key,
                               std::optional<std::string_view> value, int64_t now_ns, Time until)
      OG_REQUIRES(mutex_);
  bool in_store() const noexcept;
  bool make_room(Lock& lock, Time until) OG_REQUIRES(mutex_);
  Status revive(std::string_view key, int64_t now_ns) OG_REQUIRES(mutex_);
  Result<Status> full_or_interrupted(Lock& lock) OG_REQUIRES(mutex_);
  Result<void> write_out(Batch& batch, Time until, bool* cut_short) noexcept;
  Result<void> write(Lock& lock, Batch& batch, Time until, int64_t now_ns, bool* cut_short) noexcept
      OG_REQUIRES(mutex_);
  bool work(Lock& lock, Time until) OG_REQUIRES(mutex_);
  void changed() noexcept OG_REQUIRES(mutex_);
  void nudge(int64_t now_ns) noexcept OG_REQUIRES(mutex_);
  bool start_thread() OG_REQUIRES(mutex_);
  void run() noexcept;
  static void* enter(void* self) noexcept;

  const WhenFull full_;
  std::atomic<int64_t> full_wait_ns_;
  std::atomic<int64_t> drain_ns_;
  const bool manual_;
  const bool threaded_;
  const std::shared_ptr<Cache> cache_;
  const std::shared_ptr<Store> store_;
  const ClockPtr clock_;

  mutable ForkMutex mutex_;
  WriteBuffer buffer_ OG_GUARDED_BY(mutex_);
  std::atomic<bool> empty_{true};
  std::atomic<int64_t> written_through_{0};
  bool closed_ OG_GUARDED_BY(mutex_) = false;
  // Between where writes began to be refused and the close.
  std::optional<int64_t> buried_before_ OG_GUARDED_BY(mutex_);
  bool stop_ OG_GUARDED_BY(mutex_) = false;
  std::atomic<bool> given_up_{false};
  bool running_ OG_GUARDED_BY(mutex_) = false;
  pthread_t thread_ OG_GUARDED_BY(mutex_){};
  int64_t asleep_until_ns_ OG_GUARDED_BY(mutex_) = 0;  // the thread; 0 while awake
  ForkCondition wake_;                                 // the thread: due earlier, or the end
  ForkCondition ended_;                                // a batch did
};

}  // namespace og
