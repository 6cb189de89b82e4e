// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace og {

struct SqliteSettings {
  std::string path;
  std::string table;
  bool read_only = false;
  bool exclusive = false;
  int64_t busy_timeout_ms = 0;
  std::string synchronous;

  bool in_memory() const { return path == ":memory:"; }
  bool one_connection() const { return in_memory() || exclusive; }
};

// One connection with its statements, each prepared at its first use and kept. Not safe from two
// threads at once: whoever holds it locks. It waits for nobody: a file that another process has
// locked is kTimeout at once. Errors name the file and say what SQLite says.
class SqliteConnection {
 public:
  enum class Role { kWriter, kReader };  // the writer creates what is not there yet

  static Result<std::unique_ptr<SqliteConnection>> open(const SqliteSettings& settings, Role role);
  ~SqliteConnection();

  Result<std::optional<std::string>> get(std::string_view key);
  Result<void> put(std::string_view key, std::string_view value);
  Result<void> erase(std::string_view key);

  Result<void> begin() { return run(kBegin); }
  Result<void> commit() { return run(kCommit); }
  void rollback() noexcept;

 private:
  enum Query : size_t { kGet, kPut, kDelete, kBegin, kCommit, kQueries };

  explicit SqliteConnection(const SqliteSettings& settings) : settings_(settings) {}
  Result<void> prepare_file(Role role);
  Result<void> check_table();
  std::string table() const {
    return '"' + settings_.table + '"';
  }  // some words are names when quoted
  tl::unexpected<Error> unfit(const std::string& why) const;
  Result<sqlite3_stmt*> statement(Query query);
  Result<void> run(Query query, std::string_view key = {}, const std::string_view* value = nullptr);
  Result<std::string> pragma(const std::string& sql);
  tl::unexpected<Error> failed(const char* doing) const;

  const SqliteSettings settings_;
  sqlite3* db_ = nullptr;
  std::array<sqlite3_stmt*, kQueries> statements_{};
};

}  // namespace og
