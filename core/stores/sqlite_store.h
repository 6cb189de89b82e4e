// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <type_traits>

#include "core/base/fork_mutex.h"
#include "core/base/store.h"
#include "core/stores/sqlite_connection.h"

namespace og {

// A table of keys and values in an SQLite file (WAL, key BLOB PRIMARY KEY, WITHOUT ROWID).
//
// One connection writes, since SQLite has one writer; reads go over connections of their own, which
// in WAL mode neither wait for the writer nor hold it up. A batch is one transaction: all or
// nothing. An in-memory database belongs to its connection, and an exclusive file to the one that
// has locked it, so that one does both.
//
// Whoever waits for another process's lock on the file holds no lock of ours meanwhile: a fork does
// not wait for it, and what its program asks in between (Patience) may take locks of the program's.
//
// SQLite cannot carry a file's connection over a fork: the child inherits what the process believes
// of its file locks, but not the locks. They are closed before a fork, once idle, and opened again
// on either side at their next use.
class SqliteStore final : public Store, private ForkAware {
 public:
  static Result<std::unique_ptr<Store>> open(SqliteSettings settings, int64_t readers,
                                             ClockPtr clock);
  ~SqliteStore() override { leave_forks(); }

  const char* kind() const override { return "sqlite"; }

 private:
  struct Slot {
    ForkMutex mutex;
    std::unique_ptr<SqliteConnection> connection OG_GUARDED_BY(mutex);  // null: opened at next use
  };

  SqliteStore(SqliteSettings settings, int64_t readers, ClockPtr clock);

  Result<std::optional<std::string>> do_get(std::string_view key) override;
  Result<void> do_write(std::span<const StoreWrite> batch) override;

  Result<std::optional<std::string>> get_once(std::string_view key);
  Result<void> write_once(std::span<const StoreWrite> batch);

  // Taken in one call and given back in another, in a loop: the analysis does not follow.
  bool before_fork() noexcept override OG_NOT_ANALYSED;
  void after_fork_in_parent() noexcept override OG_NOT_ANALYSED;
  void after_fork_in_child() noexcept override { after_fork_in_parent(); }

  template <class Act>
  std::invoke_result_t<Act> while_busy(Act act);
  std::unique_lock<ForkMutex> lock_reader(Slot*& slot);
  Result<SqliteConnection*> connect(Slot& slot) OG_REQUIRES(slot.mutex);

  const SqliteSettings settings_;
  Slot writer_;
  std::deque<Slot> readers_;  // none where one connection does both
};

}  // namespace og
