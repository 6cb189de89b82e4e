// SPDX-License-Identifier: Apache-2.0
#include "core/cache/write_behind.h"

#include <algorithm>
#include <new>

#include "core/base/patience.h"
#include "core/cache/cache_mirror.h"
#include "core/cache/store_call.h"

namespace og {
namespace {

constexpr int64_t kLongestWaitNs = 365ll * 24 * 3'600'000'000'000;

// 'For ever' is a year: no wait may overflow the clock that it is added to.
std::chrono::nanoseconds bounded(int64_t ns) {
  return std::chrono::nanoseconds(std::clamp<int64_t>(ns, 0, kLongestWaitNs));
}
std::chrono::steady_clock::time_point in(int64_t ns) {
  return std::chrono::steady_clock::now() + bounded(ns);
}

}  // namespace

WriteBehind::WriteBehind(const CachedStoreSettings& settings, std::shared_ptr<Cache> cache,
                         std::shared_ptr<Store> store, ClockPtr clock)
    : full_(settings.full),
      full_wait_ns_(settings.full_wait_ns),
      drain_ns_(settings.drain_ns),
      manual_(clock->kind() == Clock::Kind::kManual),
      threaded_(settings.thread && !manual_ && store->callable_from_library_threads()),
      cache_(std::move(cache)),
      store_(std::move(store)),
      clock_(std::move(clock)),
      // The store does not have a dead letter, so the cache must not either.
      buffer_(settings.buffer, [this](std::string_view key) { cache_->erase(key); }) {}

WriteBehind::~WriteBehind() {
  try {
    if (!stop_) close(kDrain);
  } catch (const std::bad_alloc&) {  // what is left stays unwritten
  }
  given_up_.store(true);  // by now the thread waits in vain
  if (running_) pthread_join(thread_, nullptr);
}

void WriteBehind::reconfigure(const CachedStoreSettings& settings) noexcept {
  full_wait_ns_.store(settings.full_wait_ns, std::memory_order_relaxed);
  drain_ns_.store(settings.drain_ns, std::memory_order_relaxed);
  ForkLock lock(mutex_);
  buffer_.change(settings.buffer);
  nudge(clock_->now());
  changed();
}

Result<void> WriteBehind::check_open() const {
  if (!closed_) return {};
  return fail(Status::kClosed, "the cached store is closed: it takes no more writes");
}

// ---- writes ----

Result<Status> WriteBehind::put(std::string_view key, std::optional<std::string_view> value,
                                int64_t now_ns) {
  std::optional<Time> until;
  Lock lock(mutex_);
  mutex_.assert_held();
  for (;;) {
    if (auto open = check_open(); !open) return tl::unexpected(open.error());
    if (threaded_ && !running_ && !start_thread()) {
      return fail(Status::kInternal, "the thread that writes behind did not start");
    }
    if (buffer_.add(key, value, now_ns) == Status::kOk) {
      empty_.store(false, std::memory_order_release);
      mirror(*cache_, key, value, now_ns);
      nudge(now_ns);
      return Status::kOk;
    }
    buffer_.hasten(now_ns);
    nudge(now_ns);
    if (full_ == WhenFull::kRefuse) return Status::kFull;
    if (!until) until = in(full_wait_ns_);
    if (full_ == WhenFull::kThrough) return write_through(lock, key, value, now_ns, *until);
    if (!buffer_.ever_fits(key, value)) return Status::kFull;
    if (!make_room(lock, *until)) return full_or_interrupted(lock);
  }
}

Result<Status> WriteBehind::write_through(Lock& lock, std::string_view key,
                                          std::optional<std::string_view> value, int64_t now_ns,
                                          Time until) {
  while (buffer_.writing(key)) {
    if (manual_ || in_store()) return Status::kFull;
    if (ended_.wait_until(lock, until) == std::cv_status::timeout) return full_or_interrupted(lock);
    if (auto open = check_open(); !open) return tl::unexpected(open.error());
  }
  Batch claim = buffer_.claim(key, value, now_ns);
  empty_.store(false, std::memory_order_release);
  auto settle = [&](bool stored) noexcept {
    mutex_.assert_held();
    int64_t now = std::max(now_ns, clock_->now());
    bool newest = buffer_.settle(claim, stored, now);
    if (newest && stored) mirror(*cache_, key, value, now);
    if (newest && !stored) cache_->erase_at(key, now);
    written_through_.fetch_add(stored);
    changed();
  };
  auto undo = [&]() noexcept {
    lock.lock();
    settle(false);
    lock.unlock();
  };
  lock.unlock();
  Result<void> done = [&] {
    StoreCall call(this, StoreCall::What::kBatch, 0, undo);
    return write_to(*store_, key, value);
  }();
  lock.lock();
  settle(done.has_value());
  if (!done) return tl::unexpected(done.error());
  return Status::kOk;
}

// This thread is in a call of ours to the store, whose end it would wait for in vain.
bool WriteBehind::in_store() const noexcept {
  return StoreCall::under_way(this, StoreCall::What::kBatch);
}

// Whether it is worth asking again.
bool WriteBehind::make_room(Lock& lock, Time until) {
  if (!threaded_) return work(lock, until);
  if (in_store()) return false;
  return ended_.wait_until(lock, until) == std::cv_status::no_timeout;
}

// Why a wait for room has ended.
Result<Status> WriteBehind::full_or_interrupted(Lock& lock) {
  lock.unlock();
  if (Patience::interrupted()) return Patience::interruption();
  return Status::kFull;
}

// Nothing is missed by a reader who sees an empty buffer: what left it is in the store, and what
// comes is seen by the caller of put() alone until that returns.
CacheValue WriteBehind::find(std::string_view key) const noexcept {
  if (empty_.load(std::memory_order_acquire)) return {};
  ForkLock lock(mutex_);
  return buffer_.find(key);
}

// ---- batches ----

WriteBehind::Batch WriteBehind::take(int64_t now_ns) {
  ForkLock lock(mutex_);
  return buffer_.take(now_ns);
}

void WriteBehind::complete(Batch& batch, const Error* error, int64_t now_ns) noexcept {
  ForkLock lock(mutex_);
  buffer_.complete(batch, error, now_ns);
  changed();
}

int64_t WriteBehind::due_at(int64_t now_ns) const noexcept {
  ForkLock lock(mutex_);
  return buffer_.due_at(now_ns);
}

// A batch whose store's function never returns has failed.
Result<void> WriteBehind::write_out(Batch& batch, Time until, bool* cut_short) noexcept {
  Patience patience(until);
  auto undo = [&]() noexcept {
    patience.end();
    Error error{Status::kStore, {}, {}};
    complete(batch, &error, clock_->now());
  };
  StoreCall call(this, StoreCall::What::kBatch, 0, undo);
  Result<void> done = write_to(*store_, batch.writes);
  *cut_short = !done && patience.ran_out();
  return done;
}

// Whether the store has it. One that the caller did not wait for is as it was: the store has
// refused nothing.
Result<void> WriteBehind::write(Lock& lock, Batch& batch, Time until, int64_t now_ns,
                                bool* cut_short) noexcept {
  lock.unlock();
  Result<void> done = write_out(batch, until, cut_short);
  lock.lock();
  now_ns = std::max(now_ns, clock_->now());
  if (*cut_short) {
    buffer_.put_back(batch, now_ns);
  } else {
    buffer_.complete(batch, done ? nullptr : &done.error(), now_ns);
  }
  changed();
  return done;
}

int64_t WriteBehind::pump(int64_t now_ns) {
  int64_t stored = 0;
  for (bool cut_short = false; !cut_short;) {
    Lock lock(mutex_);
    mutex_.assert_held();
    Batch batch = buffer_.take(now_ns);
    if (batch.empty()) break;
    auto size = static_cast<int64_t>(batch.items.size());
    if (write(lock, batch, Time::max(), now_ns, &cut_short)) stored += size;
  }
  return stored;
}

// Who waits for a batch's end, or for the buffer to be empty, is told.
void WriteBehind::changed() noexcept {
  if (buffer_.pending() == 0) empty_.store(true, std::memory_order_release);
  nudge(clock_->now());
  ended_.notify_all();
}

// ---- flush and close ----

int64_t WriteBehind::begin_flush(bool closing) {
  ForkLock lock(mutex_);
  if (closing) {
    closed_ = true;
    if (!buried_before_) buried_before_ = buffer_.stats().buried;
  }
  int64_t flush = buffer_.begin_flush(clock_->now());
  if (running_) wake_.notify_one();
  return flush;
}

int64_t WriteBehind::await_flush(int64_t flush, int64_t timeout_ns) {
  Time until = in(timeout_ns);
  Lock lock(mutex_);
  mutex_.assert_held();
  if (running_) {
    if (!in_store()) {
      ended_.wait_until(lock, until, [&] {
        mutex_.assert_held();
        return buffer_.left(flush) == 0;
      });
    }
  } else {
    while (buffer_.left(flush) > 0 && work(lock, until)) {
    }
  }
  return buffer_.left(flush);
}

// Without a thread: writes a batch, or waits until one is due or another's has ended. False once
// the time is up or the caller interrupted, and where time does not pass by itself.
bool WriteBehind::work(Lock& lock, Time until) {
  if (!manual_ && std::chrono::steady_clock::now() >= until) return false;
  int64_t now = clock_->now();
  Batch batch = buffer_.take(now);
  if (!batch.empty()) {
    bool cut_short = false;
    (void)write(lock, batch, manual_ ? Time::max() : until, now, &cut_short);
    return !cut_short;
  }
  if (manual_ || in_store()) return false;
  Time end = std::min(in(buffer_.due_at(now) - now), until);
  return ended_.wait_until(lock, end) == std::cv_status::no_timeout ||
         std::chrono::steady_clock::now() >= end;
}

int64_t WriteBehind::close(int64_t timeout_ns) {
  await_flush(begin_flush(true), timeout_ns == kDrain ? drain_ns() : timeout_ns);
  ForkLock lock(mutex_);
  stop_ = true;
  wake_.notify_one();
  buffer_.close();
  WriteBufferStats now = buffer_.stats();
  changed();
  // What the flush gave up did not reach the store either.
  int64_t before = buried_before_.value_or(now.buried);
  buried_before_.reset();
  return now.buried - before + now.pending;
}

// ---- dead letters ----

std::vector<DeadLetter> WriteBehind::dead_letters() const {
  ForkLock lock(mutex_);
  return buffer_.dead_letters();
}

Status WriteBehind::revive(std::string_view key, int64_t now_ns) {
  if (closed_) return Status::kClosed;
  Status status = buffer_.revive(key, now_ns);
  if (status != Status::kOk) return status;
  empty_.store(false, std::memory_order_release);
  CacheValue write = buffer_.find(key);
  StoreWrite again = view_write(write);
  mirror(*cache_, again.key, again.value, now_ns);
  return status;
}

Status WriteBehind::redrive(std::string_view key, int64_t now_ns) {
  ForkLock lock(mutex_);
  Status status = revive(key, now_ns);
  nudge(now_ns);
  return status;
}

int64_t WriteBehind::redrive_all(int64_t now_ns) {
  ForkLock lock(mutex_);
  int64_t revived = 0;
  while (auto key = buffer_.oldest_dead_key()) {
    if (revive(*key, now_ns) != Status::kOk) break;
    ++revived;
  }
  nudge(now_ns);
  return revived;
}

bool WriteBehind::discard(std::string_view key) noexcept {
  ForkLock lock(mutex_);
  return buffer_.discard_dead_letter(key);
}

WriteBufferStats WriteBehind::stats() const noexcept {
  ForkLock lock(mutex_);
  return buffer_.stats();
}

}  // namespace og
