// SPDX-License-Identifier: Apache-2.0
#ifdef OUTGROW_SQLITE
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "core/cache/cached_store.h"
#include "core/stores/open_store.h"
#include "tests/catch.h"

namespace og {
namespace {

struct TemporaryFolder {
  TemporaryFolder() {
    char name[] = "/tmp/outgrow_sqlite_XXXXXX";
    path = mkdtemp(name);
  }
  ~TemporaryFolder() {
    chmod(path.c_str(), 0700);
    std::filesystem::remove_all(path);
  }
  std::string file(const char* name) const { return path + "/" + name; }
  std::string path;
};

Config config_of(const std::string& path) {
  Config config;
  config.set("kind", "sqlite");
  config.set("path", path);
  return config;
}

std::unique_ptr<Store> open(const Config& config) {
  auto store = open_store(config, system_clock());
  INFO((store ? std::string() : store.error().message));
  REQUIRE(store);
  return std::move(*store);
}

Error error_of(const Config& config) {
  auto store = open_store(config, system_clock());
  REQUIRE_FALSE(store);
  return store.error();
}

std::optional<std::string> read(Store& store, std::string_view key) {
  auto found = store.get(key);
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("an SQLite store keeps what was written when it is opened again") {
  TemporaryFolder folder;
  const std::string blob("a\0b\0", 4), large(10 << 20, 'x');
  {
    auto store = open(config_of(folder.file("s.db")));
    REQUIRE(store->set("blob", blob));
    REQUIRE(store->set(blob, "by a key with NULs"));
    REQUIRE(store->set("large", large));
    REQUIRE(store->set("gone", "x"));
    REQUIRE(store->erase("gone"));
  }
  auto store = open(config_of(folder.file("s.db")));
  CHECK(read(*store, "blob") == blob);
  CHECK(read(*store, blob) == "by a key with NULs");
  CHECK((read(*store, "large") == large));
  CHECK_FALSE(read(*store, "gone"));
}

TEST_CASE("what a process killed without closing had written is there") {
  TemporaryFolder folder;
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto store = open_store(config_of(folder.file("s.db")), system_clock());
    bool written = store && (*store)->set("k", "v");
    _exit(written ? 0 : 1);  // no destructor runs
  }
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  auto store = open(config_of(folder.file("s.db")));
  CHECK(read(*store, "k") == "v");
}

TEST_CASE("a batch in SQLite is all or nothing") {
  TemporaryFolder folder;
  auto config = config_of(folder.file("s.db"));
  auto store = open(config);
  REQUIRE(store->set("before", "1"));

  // A trigger of the database's refuses one of the batch's writes.
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(folder.file("s.db").c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db,
                       "CREATE TRIGGER refuse BEFORE INSERT ON outgrow WHEN NEW.key = x'626164' "
                       "BEGIN SELECT RAISE(ABORT, 'no bad keys here'); END",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);

  const StoreWrite batch[] = {{"a", "1"}, {"before", std::nullopt}, {"bad", "2"}, {"c", "3"}};
  auto done = store->write(batch);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Status::kStore);
  CHECK(done.error().message.find("no bad keys here") != std::string::npos);
  CHECK(done.error().message.find(folder.file("s.db")) != std::string::npos);
  CHECK_FALSE(read(*store, "a"));
  CHECK(read(*store, "before") == "1");

  const StoreWrite good[] = {{"a", "1"}, {"before", std::nullopt}};
  REQUIRE(store->write(good));
  CHECK(read(*store, "a") == "1");
  CHECK_FALSE(read(*store, "before"));
}

TEST_CASE("files that cannot serve are clear errors") {
  TemporaryFolder folder;
  SECTION("not a database") {
    std::ofstream(folder.file("text")) << std::string(8192, 'z');
    Error error = error_of(config_of(folder.file("text")));
    CHECK(error.message.find(folder.file("text")) != std::string::npos);
    CHECK(error.message.find("not a database") != std::string::npos);
  }
  SECTION("a folder that does not exist") {
    Error error = error_of(config_of(folder.file("no/such/s.db")));
    CHECK(error.code == Status::kIo);
    CHECK(error.message.find("no/such/s.db") != std::string::npos);
    CHECK(error.message.find("unable to open database file") != std::string::npos);
    CHECK(error.message.find("the folder '" + folder.file("no/such") + "' does not exist") !=
          std::string::npos);
    CHECK(error.option == "path");
  }
  SECTION("a folder") {
    Error error = error_of(config_of(folder.path));
    CHECK(error.message.find("it is a folder") != std::string::npos);
    CHECK(error.option == "path");
  }
  SECTION("a folder that must not be written to") {
    bool root = geteuid() == 0;  // whom no permission stops
    chmod(folder.path.c_str(), 0555);
    if (root) REQUIRE(seteuid(65534) == 0);
    auto store = open_store(config_of(folder.file("s.db")), system_clock());
    if (root) REQUIRE(seteuid(0) == 0);
    REQUIRE_FALSE(store);
    CHECK(store.error().message.find("the folder '" + folder.path + "' cannot be written to") !=
          std::string::npos);
    CHECK(store.error().option == "path");
  }
  SECTION("a table of another shape") {
    // Each with the column at fault.
    const std::pair<const char*, const char*> shapes[] = {
        {"CREATE TABLE outgrow (id INTEGER)", "no such column: key"},
        {"CREATE TABLE outgrow (key BLOB PRIMARY KEY)", "no such column: value"},
        {"CREATE TABLE outgrow (key BLOB, value BLOB)", "takes no writes by column 'key'"},
        {"CREATE TABLE outgrow (key BLOB, part INTEGER DEFAULT 0, value BLOB, PRIMARY KEY (key, "
         "part))",
         "takes no writes by column 'key'"},
        {"CREATE TABLE outgrow (key INTEGER PRIMARY KEY, value BLOB)",
         "column 'key' is an INTEGER"},
        {"CREATE TABLE outgrow (key BLOB PRIMARY KEY, value BLOB, owner TEXT NOT NULL)",
         "column 'owner' must not be NULL"},
        {"CREATE TABLE outgrow (key BLOB PRIMARY KEY, value BLOB AS (key || 'x'))",
         "column 'value' is generated"},
        {"CREATE TABLE outgrow (key BLOB PRIMARY KEY, value TEXT) STRICT",
         "column 'value' of a STRICT table is of type TEXT"},
        {"CREATE VIEW outgrow AS SELECT 1 AS key, 2 AS value", "takes no writes by column 'key'"},
    };
    for (auto [sql, why] : shapes) {
      const std::string path = folder.file("s.db");
      sqlite3* db = nullptr;
      REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
      REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
      sqlite3_close(db);
      Error error = error_of(config_of(path));
      INFO(error.message);
      CHECK(error.message.find(why) != std::string::npos);
      CHECK(error.message.find("table 'outgrow'") != std::string::npos);
      CHECK(error.code == Status::kStore);
      CHECK(error.option == "table");
      for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    }
  }
  SECTION("a path that is a URI") {
    Error error = error_of(config_of("file:" + folder.file("s.db") + "?mode=ro"));
    CHECK(error.option == "path");
    CHECK(error.message.find("not a URI") != std::string::npos);
    CHECK(error_of(config_of("file::memory:")).option == "path");
  }
  SECTION("a table's name that is SQLite's own") {
    Config config = config_of(folder.file("s.db"));
    config.set("table", "SQLite_master");
    CHECK(error_of(config).option == "table");
  }
  SECTION("a table name that is more than a name") {
    Config config = config_of(folder.file("s.db"));
    config.set("table", "x; DROP TABLE y");
    CHECK(error_of(config).option == "table");
  }
  SECTION("no path") { CHECK(error_of(config_of("")).option == "path"); }
  SECTION("reading only what is not there") {
    Config config = config_of(folder.file("none.db"));
    config.set_bool("read_only", true);
    CHECK(error_of(config).code == Status::kIo);
  }
}

TEST_CASE("a table of keys and values serves, whatever it is called and whatever else it has") {
  TemporaryFolder folder;
  for (const char* name : {"select", "ORDER", "table", "key", "value", "_1"}) {
    Config config = config_of(folder.file("s.db"));
    config.set("table", name);
    auto store = open(config);
    REQUIRE(store->set("k", name));
    const StoreWrite batch[] = {{"a", "1"}, {"b", std::nullopt}};
    REQUIRE(store->write(batch));
    CHECK(read(*store, "k") == name);
  }
  for (const char* sql : {"CREATE TABLE outgrow (id INTEGER PRIMARY KEY, value TEXT, key TEXT "
                          "UNIQUE, at INTEGER NOT NULL DEFAULT 0)",
                          "CREATE TABLE outgrow (key ANY PRIMARY KEY, value BLOB NOT NULL) STRICT",
                          "CREATE TABLE outgrow (KEY BLOB PRIMARY KEY, Value BLOB, size INTEGER "
                          "NOT NULL AS (length(value)))"}) {
    INFO(sql);
    std::filesystem::remove(folder.file("own.db"));
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(folder.file("own.db").c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(db);
    auto store = open(config_of(folder.file("own.db")));
    REQUIRE(store->set("k", "1"));
    REQUIRE(store->set("k", "2"));
    CHECK(read(*store, "k") == "2");
  }
}

TEST_CASE("a file without write permission is refused, and served when read_only says so") {
  TemporaryFolder folder;
  REQUIRE(open(config_of(folder.file("s.db")))->set("k", "v"));
  chmod(folder.file("s.db").c_str(), 0444);
  chmod(folder.path.c_str(), 0755);
  bool root = geteuid() == 0;  // whom no permission stops
  if (root) REQUIRE(seteuid(65534) == 0);
  auto store = open_store(config_of(folder.file("s.db")), system_clock());
  if (root) REQUIRE(seteuid(0) == 0);
  REQUIRE_FALSE(store);
  CHECK(store.error().code == Status::kIo);
  CHECK(store.error().option == "read_only");
  CHECK(store.error().message.find("read-only") != std::string::npos);

  Config config = config_of(folder.file("s.db"));
  config.set_bool("read_only", true);
  auto reader = open(config);
  CHECK(read(*reader, "k") == "v");
  auto refused = reader->set("k", "w");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("readonly") != std::string::npos);
}

TEST_CASE("a file that another process keeps locked is a timeout") {
  TemporaryFolder folder;
  auto config = config_of(folder.file("s.db"));
  config.set_int("busy_timeout_ms", 1);
  auto store = open(config);
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(folder.file("s.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto done = store->set("k", "v");
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Status::kTimeout);
  CHECK(read(*store, "k") == std::nullopt);  // readers do not wait
  sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  CHECK(store->set("k", "v"));
}

TEST_CASE("who flushes over a locked file waits no longer than asked, and uses up no attempt") {
  TemporaryFolder folder;
  std::shared_ptr<Store> store = open(config_of(folder.file("s.db")));  // with 5 s of patience
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(folder.file("s.db").c_str(), &other) == SQLITE_OK);
  REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  for (const char* thread : {"none", "auto"}) {
    Config config;
    config.set("mode", "behind");
    config.set("thread", thread);
    config.set("retry_attempts", "0");
    config.set("flush_interval_ms", "1h");
    auto cached =
        CachedStore::create(config, std::move(*Cache::create({}, system_clock())), store, nullptr);
    REQUIRE(cached);
    REQUIRE((*cached)->write(thread, "v"));
    int64_t flush = (*cached)->begin_flush(false);
    auto begun = std::chrono::steady_clock::now();
    for (int part = 0; part < 3; ++part) CHECK((*cached)->await_flush(flush, 20'000'000) == 1);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(3));
    CHECK((*cached)->stats().buffer.failures == 0);
    CHECK((*cached)->stats().buffer.dead_letters == 0);
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    CHECK((*cached)->await_flush(flush, 20'000'000'000) == 0);
    CHECK(read(*store, thread) == "v");
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  sqlite3_close(other);
}

TEST_CASE("readers of SQLite never see half a batch") {
  TemporaryFolder folder;
  Config config = config_of(folder.file("s.db"));
  config.set_int("readers", 3);
  auto store = open(config);
  std::atomic<bool> done{false};
  std::atomic<int> failures{0}, reads{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        auto a = store->get("a"), b = store->get("b");
        if (!a || !b) ++failures;
        // b is read after a, and both are written together: it is never older
        else if (*a && (!*b || std::stoi(**b) < std::stoi(**a)))
          ++failures;
        ++reads;
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    std::string value = std::to_string(i);
    const StoreWrite batch[] = {{"a", value}, {"b", value}};
    if (!store->write(batch)) ++failures;
  }
  while (reads < 100) std::this_thread::yield();
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(failures == 0);
  CHECK(read(*store, "a") == "199");
}

TEST_CASE("an SQLite store serves on both sides of a fork") {
  TemporaryFolder folder;
  auto store = open(config_of(folder.file("s.db")));
  REQUIRE(store->set("before", "1"));
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto before = store->get("before");
    bool good = before && *before == "1" && store->set("child", "2");
    _exit(good ? 0 : 1);
  }
  bool written = store->set("parent", "3").has_value();
  int status = 0;
  waitpid(child, &status, 0);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  CHECK(written);
  CHECK(read(*store, "child") == "2");
  CHECK(read(*store, "parent") == "3");
}

TEST_CASE("an exclusive SQLite file is one store's until it is closed") {
  TemporaryFolder folder;
  Config config = config_of(folder.file("s.db"));
  config.set("exclusive", "true");
  config.set("busy_timeout_ms", "1");
  {
    auto store = open(config);
    REQUIRE(store->set("k", "v"));
    CHECK(read(*store, "k") == "v");
    // No index that other processes map: so no lock is taken for a read.
    CHECK_FALSE(std::filesystem::exists(folder.file("s.db-shm")));
    CHECK(error_of(config).code == Status::kTimeout);
  }
  CHECK(read(*open(config_of(folder.file("s.db"))), "k") == "v");
}

TEST_CASE("an in-memory database lives with its store") {
  auto first = open(config_of(":memory:")), second = open(config_of(":memory:"));
  REQUIRE(first->set("k", "v"));
  CHECK(read(*first, "k") == "v");
  CHECK_FALSE(read(*second, "k"));
}

}  // namespace og
#endif
