// SPDX-License-Identifier: Apache-2.0
#include "core/stores/sqlite_store.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/base/patience.h"

#ifdef OUTGROW_SQLITE
#include <sqlite3.h>

namespace og {
namespace {

// Ends a transaction that has not been committed, whatever happened; nothing after a commit.
struct RollbackOnExit {
  SqliteConnection& db;
  ~RollbackOnExit() { db.rollback(); }
};

}  // namespace

Result<std::unique_ptr<Store>> SqliteStore::open(SqliteSettings settings, int64_t readers,
                                                 ClockPtr clock) {
  if (!sqlite3_threadsafe()) {
    return fail(Status::kUnsupported, "this SQLite was built without threads");
  }
  if (settings.one_connection()) readers = 0;
  std::unique_ptr<SqliteStore> store(
      new SqliteStore(std::move(settings), readers, std::move(clock)));
  auto connected = store->while_busy([&] {
    ForkLock lock(store->writer_.mutex);
    return store->connect(store->writer_);
  });
  if (!connected) return tl::unexpected(connected.error());
  store->join_forks();
  return store;
}

SqliteStore::SqliteStore(SqliteSettings settings, int64_t readers, ClockPtr clock)
    : Store(std::move(clock)),
      settings_(std::move(settings)),
      readers_(static_cast<size_t>(readers)) {}

Result<SqliteConnection*> SqliteStore::connect(Slot& slot) {
  if (!slot.connection) {
    using Role = SqliteConnection::Role;
    auto made =
        SqliteConnection::open(settings_, &slot == &writer_ ? Role::kWriter : Role::kReader);
    if (!made) return tl::unexpected(made.error());
    slot.connection = std::move(*made);
  }
  return slot.connection.get();
}

// An idle reader where there is one; each thread begins its search elsewhere.
std::unique_lock<ForkMutex> SqliteStore::lock_reader(Slot*& slot) {
  size_t first = static_cast<size_t>(thread_stripe());
  for (size_t i = 0; i < readers_.size(); ++i) {
    slot = &readers_[(first + i) % readers_.size()];
    if (std::unique_lock lock(slot->mutex, std::try_to_lock); lock) return lock;
  }
  slot = readers_.empty() ? &writer_ : &readers_[first % readers_.size()];
  return std::unique_lock(slot->mutex);
}

// Again and again, for up to busy_timeout_ms, after pauses of the lengths that sqlite3_busy_timeout
// makes.
template <class Act>
std::invoke_result_t<Act> SqliteStore::while_busy(Act act) {
  static constexpr int kPausesMs[] = {1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100};
  const size_t longest = std::size(kPausesMs) - 1;
  std::optional<Patience::Time> end;
  for (size_t tries = 0;; ++tries) {
    auto done = act();
    if (done || done.error().code != Status::kTimeout) return done;
    auto now = Patience::Clock::now();
    if (!end) end = now + std::chrono::milliseconds(settings_.busy_timeout_ms);
    auto again =
        std::min(*end, now + std::chrono::milliseconds(kPausesMs[std::min(tries, longest)]));
    for (; now < again; now = Patience::Clock::now()) {
      if (Patience::is_over()) {
        if (Patience::interrupted()) return Patience::interruption();
        return done;
      }
      std::this_thread::sleep_until(Patience::slice(again));
    }
    if (now >= *end) return done;
  }
}

Result<std::optional<std::string>> SqliteStore::do_get(std::string_view key) {
  return while_busy([&] { return get_once(key); });
}
Result<void> SqliteStore::do_write(std::span<const StoreWrite> batch) {
  return while_busy([&] { return write_once(batch); });
}

Result<std::optional<std::string>> SqliteStore::get_once(std::string_view key) {
  Slot* slot = nullptr;
  auto lock = lock_reader(slot);
  slot->mutex.assert_held();
  auto connection = connect(*slot);
  if (!connection) return tl::unexpected(connection.error());
  return (*connection)->get(key);
}

Result<void> SqliteStore::write_once(std::span<const StoreWrite> batch) {
  ForkLock lock(writer_.mutex);
  auto connection = connect(writer_);
  if (!connection) return tl::unexpected(connection.error());
  SqliteConnection& db = **connection;
  auto apply = [&](const StoreWrite& write) {
    return write.value ? db.put(write.key, *write.value) : db.erase(write.key);
  };
  if (batch.size() == 1) return apply(batch.front());

  RollbackOnExit rollback{db};
  Result<void> done = db.begin();
  for (size_t i = 0; done && i < batch.size(); ++i) done = apply(batch[i]);
  return done ? db.commit() : done;
}

// Takes the locks itself, to close the connections under them.
bool SqliteStore::before_fork() noexcept {
  for (size_t i = 0; i < readers_.size(); ++i) {
    if (readers_[i].mutex.try_lock()) continue;
    while (i-- > 0) readers_[i].mutex.unlock();
    return false;
  }
  if (!writer_.mutex.try_lock()) {
    for (Slot& reader : readers_) reader.mutex.unlock();
    return false;
  }
  if (settings_.in_memory()) return true;
  for (Slot& reader : readers_) reader.connection.reset();
  writer_.connection.reset();
  return true;
}

void SqliteStore::after_fork_in_parent() noexcept {
  for (Slot& reader : readers_) reader.mutex.unlock();
  writer_.mutex.unlock();
}

}  // namespace og
#endif
