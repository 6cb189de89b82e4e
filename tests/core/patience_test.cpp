// SPDX-License-Identifier: Apache-2.0
// Each wait of the library's asks the program's check, and ends when that says so. A wait here
// would last an hour.
#include "core/base/patience.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "core/scope/directory_lock.h"
#include "core/scope/file_lock.h"
#include "core/scope/segment_layout.h"
#include "core/stores/open_store.h"
#include "tests/core/faulty_store.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

using Fault = FaultyStore::Fault;

// Ends what waits on this thread when it is asked for the third time, or the one given.
class Interrupt {
 public:
  explicit Interrupt(int at = 3) : at_(at) { Patience::set_check(ask, this); }
  ~Interrupt() {
    Patience::set_check(nullptr, nullptr);
    CHECK(asked_ >= at_);
    CHECK(std::chrono::steady_clock::now() - begun_ < std::chrono::seconds(20));
  }

 private:
  static int32_t ask(void* self) {
    auto* interrupt = static_cast<Interrupt*>(self);
    return ++interrupt->asked_ >= interrupt->at_;
  }

  const int at_;
  int asked_ = 0;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

// A cached store on the real clock. Its store's functions hang while it is told to.
struct Live : CachedStoreFixture {
  explicit Live(Options options) : CachedStoreFixture({}) {
    cached.reset();
    cache = make_cache({{"lease_ms", "1h"}}, system_clock());
    open(options, system_clock());
  }
  // Runs `call` in a thread that hangs in the store until `meanwhile` has ended.
  template <class Call, class Meanwhile>
  void while_it_hangs(Call call, Meanwhile meanwhile) {
    std::atomic<bool> inside{false}, go_on{false};
    auto hang = [&] {
      for (inside = true; !go_on;) std::this_thread::yield();
    };
    store->on_get = [&](auto) { return hang(), true; };
    store->on_write = [&](auto) { return hang(), Fault::kNone; };
    std::thread other(call);
    while (!inside) std::this_thread::yield();
    meanwhile();
    go_on = true;
    other.join();
    store->on_get = nullptr;
    store->on_write = nullptr;
  }
};

// Another process that has the file of a store locked.
class LockedFile {
 public:
  LockedFile() {
    char name[] = "/tmp/outgrow_patience_XXXXXX";
    folder_ = mkdtemp(name);
    Config config;
    config.set("kind", "sqlite");
    config.set("path", folder_ + "/s.db");
    config.set("busy_timeout_ms", "1h");
    auto made = open_store(config, system_clock());
    if (!made) FAIL(made.error().message);
    store = std::move(*made);
    REQUIRE(sqlite3_open((folder_ + "/s.db").c_str(), &other_) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~LockedFile() {
    sqlite3_close(other_);
    std::filesystem::remove_all(folder_);
  }
  void unlock() { sqlite3_exec(other_, "COMMIT", nullptr, nullptr, nullptr); }
  // A cached store over it with a write in its buffer.
  auto written_behind(CachedStoreFixture::Options options) const {
    Config config;
    config.set("mode", "behind");
    for (const auto& [name, value] : options) config.set(name, value);
    auto cached = CachedStore::create(config, make_cache({}, system_clock()), store, nullptr);
    if (!cached) FAIL(cached.error().message);
    REQUIRE((*cached)->write("k", "v"));
    return std::move(*cached);
  }

  std::shared_ptr<Store> store;

 private:
  std::string folder_;
  sqlite3* other_ = nullptr;
};

template <class Done>
void check_interrupted(const Done& done) {
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Status::kInterrupted);
}

}  // namespace

TEST_CASE("patience: a get that waits for another's load") {
  Live f({{"wait_ms", "1h"}});
  f.while_it_hangs([&] { CHECK(f.get("k") == "-"); },
                   [&] {
                     Interrupt now;
                     check_interrupted(f.cached->get("k"));
                   });
  CHECK(f.store->reads() == 1);
  CHECK(f.get("k") == "-");
}

TEST_CASE("patience: a write that waits for another's write of its key") {
  Live f({{"mode", "through"}});
  f.while_it_hangs([&] { CHECK(f.set("k", "theirs") == Status::kOk); },
                   [&] {
                     Interrupt now;
                     check_interrupted(f.cached->write("k", "ours"));
                   });
  CHECK(f.store->row("k") == "theirs");
  CHECK(f.set("k", "ours") == Status::kOk);
}

TEST_CASE("patience: a write that waits for room") {
  Live f({{"mode", "behind"},
          {"thread", "none"},
          {"buffer_entries", "1"},
          {"full", "block"},
          {"full_wait_ms", "1h"}});
  REQUIRE(f.set("a", "theirs") == Status::kOk);
  f.while_it_hangs([&] { CHECK(f.cached->pump_at(INT64_MAX) == 1); },
                   [&] {
                     Interrupt now;
                     check_interrupted(f.cached->write("b", "ours"));
                   });
  CHECK(f.cached->close(20'000 * kMs) == 0);
  CHECK(f.store->rows() == std::map<std::string, std::string>{{"a", "theirs"}});
}

TEST_CASE("patience: a write through a full buffer that waits for another's write of its key") {
  Live f(
      {{"mode", "behind"}, {"thread", "none"}, {"buffer_bytes", "2KiB"}, {"full_wait_ms", "1h"}});
  const std::string large(1200, 'x');
  REQUIRE(f.set("a", large) == Status::kOk);
  f.while_it_hangs([&] { CHECK(f.set("b", large) == Status::kOk); },
                   [&] {
                     Interrupt now;
                     check_interrupted(f.cached->write("b", large + "ours"));
                   });
  CHECK(f.store->row("b") == large);
}

TEST_CASE("patience: a flush answers with what is left, and a later one goes on") {
  for (const char* thread : {"auto", "none"}) {
    Live f({{"mode", "behind"}, {"thread", thread}, {"retry_base_ms", "1h"}});
    std::atomic<Fault> fault{Fault::kRefused};
    f.store->on_write = [&](auto) { return fault.load(); };
    REQUIRE(f.set("k", "v") == Status::kOk);
    const int64_t flush = f.cached->begin_flush(false);
    {
      Interrupt now;
      CHECK(f.cached->await_flush(flush, 3600 * 1000 * kMs) == 1);
    }
    fault = Fault::kNone;
    CHECK(f.cached->close(20'000 * kMs) == 0);
  }
}

TEST_CASE("patience: a store's locked file, read and written, and no attempt is used up") {
  LockedFile file;
  {
    Interrupt now;
    check_interrupted(file.store->set("k", "v"));
  }
  StoreWrite batch[] = {{"a", "1"}, {"b", "2"}};
  {
    Interrupt now;
    check_interrupted(file.store->write(batch));
  }
  auto cached = file.written_behind({{"thread", "none"}, {"retry_attempts", "0"}});
  {
    Interrupt now;
    CHECK(cached->pump_at(INT64_MAX) == 0);
  }
  {
    Interrupt now;
    CHECK(cached->close(3600 * 1000 * kMs) == 1);
  }
  CHECK(cached->stats().buffer.failures == 0);
  file.unlock();
  CHECK(file.store->set("k", "v"));
}

TEST_CASE("patience: a cached store that goes does not let its thread wait for a locked file") {
  LockedFile file;
  auto cached = file.written_behind({{"flush_interval_ms", "0"}, {"drain_ms", "100"}});
  const auto begun = std::chrono::steady_clock::now();
  cached.reset();
  CHECK(std::chrono::steady_clock::now() - begun <
        std::chrono::seconds(20));  // not the file's hour
}

TEST_CASE("patience: a fork does not wait for who waits for a store's locked file") {
  LockedFile file;
  std::atomic<bool> end{false}, waiting{false};
  struct Asked {
    std::atomic<bool>&end, &waiting;
  } asked{end, waiting};
  std::thread writer([&] {
    auto ask = [](void* context) -> int32_t {
      auto* told = static_cast<Asked*>(context);
      told->waiting = true;
      return told->end;
    };
    Patience::set_check(ask, &asked);
    check_interrupted(file.store->set("k", "v"));
    Patience::set_check(nullptr, nullptr);
  });
  while (!waiting) std::this_thread::yield();
  CHECK(test::wait_for(test::start([] { return 7; })) == 7);  // it would be the writer's hour
  end = true;
  writer.join();
}

TEST_CASE("patience: a change of a segment's directory that another process is stopped in") {
  test::SegmentName name;
  auto segment = test::attach(name.settings());
  const int other = open(name.path().c_str(), O_RDWR);
  REQUIRE(lock_byte(other, kDirectoryLock) == 0);
  for (int at : {1, 2, 3}) {  // each question is one of another slice, and so an interruption
    Interrupt now(at);
    check_interrupted(segment->object({1, "new", "", 64}));
  }
  close(other);
  CHECK(segment->object({1, "new", "", 64}));
}

TEST_CASE("patience: what is told while the check is asked is not missed") {
  ForkMutex mutex;
  ForkCondition changed;
  struct Asked {
    ForkMutex& mutex;
    ForkCondition& changed;
    int times = 0;
  } asked{mutex, changed};
  auto ask = [](void* context) -> int32_t {
    auto* self = static_cast<Asked*>(context);
    std::lock_guard not_held(self->mutex);
    if (++self->times == 2) self->changed.notify_all();
    return self->times > 2;
  };
  Patience::set_check(ask, &asked);
  std::unique_lock lock(mutex);
  const auto end = std::chrono::steady_clock::now() + std::chrono::hours(1);
  CHECK(changed.wait_until(lock, end) == std::cv_status::no_timeout);
  CHECK(asked.times == 2);
  CHECK(changed.wait_until(lock, end) == std::cv_status::timeout);
  Patience::set_check(nullptr, nullptr);
}

}  // namespace og
