// SPDX-License-Identifier: Apache-2.0
#include "core/stores/sqlite_connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <new>

#ifdef OUTGROW_SQLITE
#include <sqlite3.h>

namespace og {
namespace {

// A null pointer would bind NULL; an empty key or value is an empty blob.
int bind(sqlite3_stmt* statement, int at, std::string_view bytes) {
  const char* data = bytes.data() ? bytes.data() : "";
  return sqlite3_bind_blob64(statement, at, data, bytes.size(), SQLITE_STATIC);
}

// Makes the statement ready for its next run, and forgets the borrowed bytes.
struct ResetOnExit {
  sqlite3_stmt* statement;
  ~ResetOnExit() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

Status status_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
      return Status::kTimeout;
    case SQLITE_NOMEM:
      return Status::kNoMemory;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_FULL:
      return Status::kIo;
    default:
      return Status::kStore;
  }
}

bool writable_by_us(const std::filesystem::path& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

// What of a path keeps a file from being opened there, where that can be told. SQLite says that it
// cannot.
std::string culprit(const std::string& file) {
  std::error_code ignored;
  std::filesystem::path path(file), folder = path.has_parent_path() ? path.parent_path() : ".";
  std::string name = "the folder '" + folder.string() + "'";
  if (std::filesystem::is_directory(path, ignored)) return "it is a folder";
  if (!std::filesystem::exists(folder, ignored)) return name + " does not exist";
  if (!std::filesystem::is_directory(folder, ignored))
    return "'" + folder.string() + "' is no folder";
  if (!writable_by_us(folder)) return name + " cannot be written to";
  return {};
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const SqliteSettings& settings,
                                                                 Role role) {
  std::unique_ptr<SqliteConnection> made(new SqliteConnection(settings));
  // Threads are kept apart by whoever holds the connection.
  int flags = SQLITE_OPEN_NOMUTEX;
  flags |= settings.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (role == Role::kWriter && !settings.read_only) flags |= SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(settings.path.c_str(), &made->db_, flags, nullptr) != SQLITE_OK) {
    return made->failed("open");
  }
  sqlite3_extended_result_codes(made->db_, 1);
  if (auto ready = made->prepare_file(role); !ready) return tl::unexpected(ready.error());
  return made;
}

// SQLite reads nothing of the file until it is asked to: what is wrong with it shows here.
Result<void> SqliteConnection::prepare_file(Role role) {
  if (settings_.read_only || role == Role::kReader) {
    auto set = pragma("PRAGMA query_only=ON");
    if (!set) return tl::unexpected(set.error());
  } else {
    if (settings_
            .exclusive) {  // before WAL mode is entered, which then keeps its index on the heap
      auto locking = pragma("PRAGMA locking_mode=EXCLUSIVE");
      if (!locking) return tl::unexpected(locking.error());
    }
    auto mode = pragma("PRAGMA journal_mode=WAL");
    if (sqlite3_db_readonly(db_, "main") == 1) {
      return fail(Status::kIo,
                  "store " + settings_.path + " is read-only; set read_only to open it so",
                  "read_only");
    }
    if (!mode) return tl::unexpected(mode.error());
    auto set = pragma("PRAGMA synchronous=" + settings_.synchronous);
    if (!set) return tl::unexpected(set.error());
    auto created = pragma("CREATE TABLE IF NOT EXISTS " + table() +
                          " (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
    if (!created) return tl::unexpected(created.error());
    return check_table();
  }
  auto get = statement(kGet);
  if (!get) return tl::unexpected(get.error());
  return {};
}

// A table of another shape fails now, not at the first request: each write, or some of a batch's,
// would.
Result<void> SqliteConnection::check_table() {
  sqlite3_stmt* prepared = nullptr;
  const std::string strict =
      "(SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = '" + settings_.table +
      "' COLLATE NOCASE)";
  auto sql = [&](const std::string& is_strict) {  // which SQLite tells since 3.37
    return "SELECT name, upper(type), pk, hidden, \"notnull\" AND dflt_value IS NULL, " +
           is_strict + " FROM pragma_table_xinfo('" + settings_.table + "')";
  };
  if (sqlite3_prepare_v2(db_, sql(strict).c_str(), -1, &prepared, nullptr) != SQLITE_OK &&
      sqlite3_prepare_v2(db_, sql("0").c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
    return failed("open");
  }
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> holder(prepared, &sqlite3_finalize);
  auto text = [&](int column) {
    const unsigned char* found = sqlite3_column_text(prepared, column);
    return std::string(found ? reinterpret_cast<const char*>(found) : "");
  };
  bool has_key = false, has_value = false;
  int code;
  while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
    const std::string name = text(0), type = text(1);
    bool is_key = sqlite3_stricmp(name.c_str(), "key") == 0;
    bool is_value = sqlite3_stricmp(name.c_str(), "value") == 0;
    bool in_primary_key = sqlite3_column_int(prepared, 2) > 0;
    bool generated = sqlite3_column_int(prepared, 3) != 0;
    has_key = has_key || is_key;
    has_value = has_value || is_value;
    if (is_key || is_value) {
      if (generated) return unfit("column '" + name + "' is generated");
      if (is_key && in_primary_key && type == "INTEGER") {
        return unfit("column '" + name + "' is an INTEGER PRIMARY KEY, and keys are BLOBs");
      }
      if (sqlite3_column_int(prepared, 5) != 0 && type != "BLOB" && type != "ANY") {
        return unfit("column '" + name + "' of a STRICT table is of type " + type + ", not BLOB");
      }
    } else if (!generated && sqlite3_column_int(prepared, 4) != 0) {
      return unfit("column '" + name + "' must not be NULL and has no default");
    }
  }
  if (code != SQLITE_DONE) return failed("open");
  if (!has_key || !has_value)
    return unfit(std::string("no such column: ") + (has_key ? "value" : "key"));
  for (Query query : {kGet, kPut, kDelete}) {
    if (statement(query)) continue;
    return unfit((query == kPut ? "it takes no writes by column 'key': " : "") +
                 std::string(sqlite3_errmsg(db_)));
  }
  return {};
}

tl::unexpected<Error> SqliteConnection::unfit(const std::string& why) const {
  return fail(Status::kStore,
              "store " + settings_.path + ": table '" + settings_.table +
                  "' is not one of keys and values (key BLOB PRIMARY KEY, value BLOB): " + why,
              "table");
}

SqliteConnection::~SqliteConnection() {
  for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

tl::unexpected<Error> SqliteConnection::failed(const char* doing) const {
  int code = db_ ? sqlite3_extended_errcode(db_) : SQLITE_NOMEM;
  const char* message = db_ ? sqlite3_errmsg(db_) : "out of memory";
  std::string text = "store " + settings_.path + ": cannot " + doing + ": " + message +
                     " (SQLite " + std::to_string(code) + ")";
  bool no_file = (code & 0xff) == SQLITE_CANTOPEN || code == SQLITE_READONLY_DIRECTORY;
  std::string why = no_file && !settings_.in_memory() ? culprit(settings_.path) : "";
  if (why.empty()) return fail(status_of(code), std::move(text));
  return fail(Status::kIo, text + ": " + why, "path");
}

Result<std::string> SqliteConnection::pragma(const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
    return failed("open");
  }
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> holder(prepared, &sqlite3_finalize);
  int code = sqlite3_step(prepared);
  if (code != SQLITE_ROW && code != SQLITE_DONE) return failed("open");
  const unsigned char* text = code == SQLITE_ROW ? sqlite3_column_text(prepared, 0) : nullptr;
  return std::string(text ? reinterpret_cast<const char*>(text) : "");
}

Result<sqlite3_stmt*> SqliteConnection::statement(Query query) {
  sqlite3_stmt*& prepared = statements_[query];
  if (prepared) return prepared;
  const std::string sql[kQueries] = {
      "SELECT value FROM " + table() + " WHERE key = ?1",
      "INSERT INTO " + table() +
          " (key, value) VALUES (?1, ?2) "
          "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      "DELETE FROM " + table() + " WHERE key = ?1",
      "BEGIN IMMEDIATE",
      "COMMIT",
  };
  if (sqlite3_prepare_v3(db_, sql[query].c_str(), -1, SQLITE_PREPARE_PERSISTENT, &prepared,
                         nullptr) != SQLITE_OK) {
    return failed(query == kGet ? "read" : "write");
  }
  return prepared;
}

Result<std::optional<std::string>> SqliteConnection::get(std::string_view key) {
  auto prepared = statement(kGet);
  if (!prepared) return tl::unexpected(prepared.error());
  ResetOnExit reset{*prepared};
  if (bind(*prepared, 1, key) != SQLITE_OK) return failed("read");
  switch (sqlite3_step(*prepared)) {
    case SQLITE_DONE:
      return std::nullopt;
    case SQLITE_ROW:
      break;
    default:
      return failed("read");
  }
  const void* data = sqlite3_column_blob(*prepared, 0);
  auto size = static_cast<size_t>(sqlite3_column_bytes(*prepared, 0));
  if (!data && size > 0) throw std::bad_alloc();
  return std::string(data ? static_cast<const char*>(data) : "", size);
}

Result<void> SqliteConnection::put(std::string_view key, std::string_view value) {
  return run(kPut, key, &value);
}

Result<void> SqliteConnection::erase(std::string_view key) { return run(kDelete, key); }

Result<void> SqliteConnection::run(Query query, std::string_view key,
                                   const std::string_view* value) {
  auto prepared = statement(query);
  if (!prepared) return tl::unexpected(prepared.error());
  ResetOnExit reset{*prepared};
  if ((query == kPut || query == kDelete) && bind(*prepared, 1, key) != SQLITE_OK) {
    return failed("write");
  }
  if (value && bind(*prepared, 2, *value) != SQLITE_OK) return failed("write");
  if (sqlite3_step(*prepared) != SQLITE_DONE) return failed("write");
  return {};
}

void SqliteConnection::rollback() noexcept {
  if (!sqlite3_get_autocommit(db_)) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace og
#endif
