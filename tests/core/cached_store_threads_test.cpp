// SPDX-License-Identifier: Apache-2.0
// The thread that writes behind, those who wait for a load, and forks: on the real clock, without
// sleeping. Whoever must wait waits for an event.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <thread>

#include "tests/core/faulty_store.h"

namespace og {
namespace {

using Fault = FaultyStore::Fault;
constexpr int64_t kLong = 20'000 * kMs;  // far beyond what anything here takes

struct Gate {
  void open() {
    std::lock_guard lock(mutex);
    opened = true;
    changed.notify_all();
  }
  bool pass() {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::nanoseconds(kLong), [&] { return opened; });
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool opened = false;
};

struct Live : CachedStoreFixture {
  explicit Live(Options options, ClockPtr with = system_clock()) : CachedStoreFixture({}) {
    cached.reset();
    cache = make_cache({}, with);
    open(options, with);
  }
};

int threads_named(const char* name) {
  int found = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string text(32, '\0');
    FILE* file = std::fopen((task.path() / "comm").c_str(), "r");
    if (!file) continue;
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    found += text == std::string(name) + "\n";
  }
  return found;
}

}  // namespace

TEST_CASE("behind: a thread starts with the first write and writes what is due") {
  Gate written;
  Live f({{"mode", "behind"}, {"flush_interval_ms", "1"}});
  f.store->on_write = [&](auto) { return written.open(), Fault::kNone; };
  f.get("k");
  CHECK(threads_named("og-write-behind") == 0);
  REQUIRE(f.set("k", "v") == Status::kOk);
  CHECK(threads_named("og-write-behind") == 1);
  REQUIRE(written.pass());
  CHECK(f.cached->flush(kLong) == 0);
  CHECK(f.store->row("k") == "v");
  f.cached.reset();
  CHECK(threads_named("og-write-behind") == 0);
}

TEST_CASE("behind: a full batch and a flush wake the thread before the interval") {
  Gate written;
  Live f({{"mode", "behind"}, {"flush_interval_ms", "3600000"}, {"batch_size", "2"}});
  f.store->on_write = [&](auto) { return written.open(), Fault::kNone; };
  f.set("a", "1");
  f.set("b", "1");
  REQUIRE(written.pass());
  f.set("c", "1");
  CHECK(f.cached->flush(kLong) == 0);
  CHECK(f.store->rows().size() == 3);
}

TEST_CASE(
    "behind: no thread of the library's with a manual clock, a program's own store, or thread "
    "none") {
  Live none({{"mode", "behind"}, {"thread", "none"}, {"flush_interval_ms", "0"}});
  none.set("k", "v");
  Live custom({{"mode", "behind"}, {"flush_interval_ms", "0"}});
  custom.store->library_threads = false;
  std::shared_ptr<Store> store = custom.store;
  custom.cached.reset();
  custom.open({{"mode", "behind"}, {"flush_interval_ms", "0"}}, system_clock());
  custom.set("k", "v");
  CachedStoreFixture manual({{"mode", "behind"}, {"flush_interval_ms", "0"}});
  manual.set("k", "v");
  CHECK(threads_named("og-write-behind") == 0);
  CHECK_FALSE(custom.store->row("k"));
  CHECK(none.cached->pump_at(none.cached->now()) == 1);
  CHECK(custom.cached->pump_at(custom.cached->now()) == 1);
  none.set("l", "v");
  CHECK(none.cached->flush(kLong) == 0);
}

TEST_CASE("behind: one who has no room waits until the thread has made some") {
  Gate entered, go;
  Live f(
      {{"mode", "behind"}, {"buffer_entries", "1"}, {"full", "block"}, {"full_wait_ms", "20000"}});
  f.store->on_write = [&](auto) {
    entered.open();
    go.pass();
    return Fault::kNone;
  };
  f.set("a", "1");
  std::thread other([&] { CHECK(f.set("b", "1") == Status::kOk); });
  REQUIRE(entered.pass());
  go.open();
  other.join();
  CHECK(f.cached->flush(kLong) == 0);
  CHECK(f.store->rows().size() == 2);
}

TEST_CASE("behind: flush and close give up when their time is") {
  Gate entered, go;
  Live f({{"mode", "behind"}, {"flush_interval_ms", "0"}, {"batch_size", "1"}});
  f.store->on_write = [&](auto) {
    entered.open();
    go.pass();
    return Fault::kNone;
  };
  f.set("a", "1");
  REQUIRE(entered.pass());
  f.set("b", "1");
  f.set("b", "2");
  CHECK(f.cached->flush(0) == 2);
  CHECK(f.cached->close(1) == 2);
  CHECK(f.cached->dead_letters().size() == 1);
  go.open();
  f.cached.reset();  // waits for the thread
  CHECK(f.store->row("a") == "1");
  CHECK_FALSE(f.store->row("b"));
}

TEST_CASE("cached store: one loads, the others wait for it") {
  constexpr int kOthers = 4;
  Gate go;
  Live f({{"wait_ms", "20000"}});
  f.store->put("k", "v");
  std::atomic<int> loading{0};
  f.store->on_get = [&](std::string_view) {
    ++loading;
    go.pass();
    return true;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i <= kOthers; ++i) {
    threads.emplace_back([&] {
      auto read = f.cached->get("k");
      CHECK((read && read->value.bytes() == "v"));
    });
  }
  while (f.cached->stats().waits < kOthers) std::this_thread::yield();
  go.open();
  for (auto& thread : threads) thread.join();
  CHECK(loading == 1);
  CHECK(f.store->reads() == 1);
}

TEST_CASE(
    "cached store: when a load fails, those who waited for it take its error, and the next loads") {
  constexpr int kOthers = 20;
  Gate go;
  Live f({{"wait_ms", "20000"}});
  f.store->put("k", "v");
  std::atomic<int> loading{0}, failed{0};
  f.store->on_get = [&](std::string_view) { return loading++ > 0 || (go.pass(), false); };
  std::vector<std::thread> threads;
  for (int i = 0; i <= kOthers; ++i) {
    threads.emplace_back([&] { failed += !f.cached->get("k"); });
  }
  while (f.cached->stats().waits < kOthers) std::this_thread::yield();
  go.open();
  for (auto& thread : threads) thread.join();
  CHECK(failed == 1 + kOthers);
  CHECK(loading == 1);
  CHECK(f.cached->get("k")->value.bytes() == "v");
  CHECK(f.cached->stats().load_failures == 1);
}

// Which a client could find out if the hash were the same everywhere.
TEST_CASE("cached store: keys whose plain hashes end alike need not wait for each other") {
  Gate entered, go;
  Live f({{"mode", "through"}});
  const std::string slow = "slow";
  std::string other = "k";
  auto alike = [&] { return hash64(slow) % 256 == hash64(other) % 256; };
  auto apart = [&] { return f.cache->hash_of(slow) % 256 != f.cache->hash_of(other) % 256; };
  for (int i = 0; !alike() || !apart(); ++i) other = "k" + std::to_string(i);
  f.store->on_write = [&](std::span<const StoreWrite> writes) {
    if (writes[0].key == slow) {
      entered.open();
      CHECK(go.pass());
    }
    return Fault::kNone;
  };
  std::thread writer([&] { f.set(slow, "v"); });
  REQUIRE(entered.pass());
  CHECK(f.set(other, "v") == Status::kOk);
  go.open();
  writer.join();
}

// A writer is between its writes 1 and 2: the store has 2, the cache gets 1 just as the load ends.
TEST_CASE(
    "cached store: a load whose lease a write has withdrawn does not run ahead of the cache") {
  Live f({{"mode", "through"}, {"wait_ms", "20000"}});
  f.store->put("k", "2");
  f.store->on_get = [&](std::string_view) { return f.cache->set("k", "1") == Status::kOk; };
  CHECK(f.cached->get("k")->value.bytes() == "1");
  CHECK(f.cached->get("k")->value.bytes() == "1");
  CHECK(f.store->reads() == 1);
}

TEST_CASE(
    "cached store: a load whose lease a write has withdrawn is made again where the cache has "
    "nothing") {
  Live f({{"wait_ms", "20000"}});
  f.store->put("k", "1");
  f.store->on_get = [&](std::string_view) {
    if (f.store->reads() == 1) f.cache->erase("k");
    f.store->put("k", "2");
    return true;
  };
  CHECK(f.cached->get("k")->value.bytes() == "2");
  CHECK(f.cached->get("k")->value.bytes() == "2");
  CHECK(f.store->reads() == 2);
}

TEST_CASE("cached store: a fork leaves the parent's writes to the parent") {
  Live f({{"mode", "behind"}, {"flush_interval_ms", "3600000"}});
  // The thread is there and asleep: a sanitizer's allocator does not survive a fork while a thread
  // starts.
  f.set("first", "1");
  REQUIRE(f.cached->flush(kLong) == 0);
  f.set("parent", "1");
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    bool ok = f.buffer().pending == 0 && threads_named("og-write-behind") == 0;
    ok = ok && f.get("parent") == "1";  // in the cache, as it was
    ok = ok && f.set("child", "1") == Status::kOk && threads_named("og-write-behind") == 1;
    ok = ok && f.cached->flush(kLong) == 0;
    ok = ok && f.store->row("child") == "1" && !f.store->row("parent");
    f.cached.reset();
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(f.buffer().pending == 1);
  CHECK(f.cached->flush(kLong) == 0);
  CHECK(f.store->row("parent") == "1");
  CHECK_FALSE(f.store->row("child"));
}

TEST_CASE("cached store: a batch taken before a fork means nothing in the child") {
  Live f({{"mode", "behind"}, {"thread", "none"}, {"flush_interval_ms", "0"}});
  f.set("k", "1");
  auto batch = f.cached->take_at(f.cached->now());
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    f.set("k", "2");
    Error error{Status::kStore, "no", {}};
    f.cached->complete_at(batch, &error, f.cached->now());
    bool ok = f.buffer().pending == 1 && f.buffer().failures == 0;
    ok = ok && f.cached->flush(kLong) == 0 && f.store->row("k") == "2";
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  f.cached->complete_at(batch, nullptr, f.cached->now());
  CHECK(f.buffer().pending == 0);
}

}  // namespace og
