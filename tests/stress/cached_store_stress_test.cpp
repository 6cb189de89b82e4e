// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/cache/cached_store.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;
constexpr int64_t kLong = 60'000'000'000;

// Fails one write in eight, half of those after having applied it, and says when a key's versions
// come out of order. Keys belong to a thread each, whose versions rise.
class FlakyStore final : public Store {
 public:
  explicit FlakyStore(bool fails) : Store(system_clock()), fails_(fails) {}
  const char* kind() const override { return "flaky"; }

  std::optional<std::string> row(const std::string& key) {
    std::lock_guard lock(mutex_);
    auto found = rows_.find(key);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  std::atomic<int64_t> out_of_order{0};
  std::atomic<bool> well{false}, ill{false};  // never fails, always fails

 private:
  Result<std::optional<std::string>> do_get(std::string_view key) override {
    return row(std::string(key));
  }
  Result<void> do_write(std::span<const StoreWrite> batch) override {
    std::lock_guard lock(mutex_);
    if (ill.load()) return fail(Status::kStore, "down");
    uint64_t draw = fails_ && !well.load() ? random_.below(16) : 15;
    if (draw == 0) return fail(Status::kStore, "refused");
    for (const StoreWrite& write : batch) {
      std::string& row = rows_[std::string(write.key)];
      if (!row.empty() && std::stoll(std::string(*write.value)) < std::stoll(row)) ++out_of_order;
      row = *write.value;
    }
    if (draw == 1) return fail(Status::kStore, "applied, and yet");
    return {};
  }
  const bool fails_;
  std::mutex mutex_;
  Random random_{3};
  std::map<std::string, std::string> rows_;
};

struct Counts {
  std::atomic<int64_t> stale{0}, errors{0}, reads{0};
};

// Every thread writes its own keys and reads everybody's. It must find its own last version (or,
// when a write of its own failed, one not older than the last that succeeded), and others' never
// stepping back. On a cache too small for the keys.
void run(const char* mode, const char* full, bool fails, int rounds) {
  Config cache_config, config;
  cache_config.set("capacity_entries", "20");
  config.set("mode", mode);
  config.set("full", full);
  config.set("batch_size", "5");
  config.set("flush_interval_ms", "1");
  config.set("buffer_entries", "24");
  config.set("retry_base_ms", "1");
  config.set("retry_max_ms", "2");
  config.set("retry_attempts", "1000");
  config.set("wait_ms", "60000");  // a get that reads the store itself may run ahead of the cache
  std::shared_ptr<Cache> cache = std::move(*Cache::create(cache_config, system_clock()));
  auto store = std::make_shared<FlakyStore>(fails);
  auto cached = std::move(*CachedStore::create(config, cache, store, nullptr));
  Counts counts;
  constexpr int kOwn = 6;
  std::vector<std::vector<int64_t>> last(kThreads, std::vector<int64_t>(kOwn));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Random random(static_cast<uint64_t>(thread) + 1);
      auto& mine = last[static_cast<size_t>(thread)];
      std::map<std::string, int64_t> floor;
      for (int i = 1; i <= rounds; ++i) {
        auto own = static_cast<size_t>(random.below(kOwn));
        auto name = [](size_t owner, size_t key) {
          return std::to_string(owner) + "/" + std::to_string(key);
        };
        std::string key = name(static_cast<size_t>(thread), own);
        if (random.below(3) == 0) {
          auto done = cached->write(key, std::to_string(i));
          if (!done) {
            counts.errors.fetch_add(1);
          } else if (*done == Status::kOk) {
            mine[own] = i;
          }
        }
        auto read = cached->get(key);
        int64_t version = read && read->value ? std::stoll(std::string(read->value.bytes())) : 0;
        if (version < mine[own]) counts.stale.fetch_add(1);
        std::string other = name(random.below(kThreads), random.below(kOwn));
        for (int again = 0; again < 3; ++again) {
          read = cached->get(other);
          version = read && read->value ? std::stoll(std::string(read->value.bytes())) : 0;
          // Where writes fail, one that was seen may yet be undone by an older one put back.
          if (!fails && version < floor[other]) counts.stale.fetch_add(1);
          floor[other] = version;
        }
        counts.reads.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  store->well = true;
  CHECK(cached->flush(kLong) == 0);
  CHECK(cached->dead_letters().empty());
  int64_t lost = 0;
  for (size_t owner = 0; owner < kThreads; ++owner) {
    for (size_t key = 0; key < kOwn; ++key) {
      auto row = store->row(std::to_string(owner) + "/" + std::to_string(key));
      if ((row ? std::stoll(*row) : 0) < last[owner][key]) ++lost;
    }
  }
  INFO(mode << " " << full << (fails ? " failing" : ""));
  CHECK(counts.stale.load() == 0);
  CHECK(lost == 0);
  CHECK(counts.reads.load() == int64_t{kThreads} * rounds);
  if (!fails) CHECK(counts.errors.load() == 0);
  if (!fails) CHECK(store->out_of_order.load() == 0);
  CHECK(cached->close(kLong) == 0);
}

class NullSink final : public MetricSink {
  void counter(std::string_view, std::string_view, Labels, int64_t) override {}
  void gauge(std::string_view, std::string_view, Labels, double) override {}
  void histogram(std::string_view, std::string_view, Labels, const Histogram&) override {}
};

}  // namespace

// The library's thread, pumps, batches that come back late and failed, flushes, dead letters found,
// redriven and discarded: whatever was acknowledged and not discarded is in the store in the end.
TEST_CASE("eight threads of everything on a cached store with write-behind") {
  Config cache_config, config;
  cache_config.set("capacity_entries", "20");
  for (auto [name, value] : {std::pair{"mode", "behind"},
                             {"full", "block"},
                             {"full_wait_ms", "60000"},
                             {"batch_size", "3"},
                             {"flush_interval_ms", "1"},
                             {"retry_base_ms", "1"},
                             {"retry_max_ms", "1"},
                             {"retry_attempts", "1"},
                             {"dead_letters", "4"},
                             {"buffer_entries", "16"}}) {
    config.set(name, value);
  }
  std::shared_ptr<Cache> cache = std::move(*Cache::create(cache_config, system_clock()));
  auto store = std::make_shared<FlakyStore>(true);
  auto cached = std::move(*CachedStore::create(config, cache, store, nullptr));
  store->ill = true;  // so that there is a dead letter whatever the threads' luck
  CHECK(*cached->write("dead", "1") == Status::kOk);
  while (cached->stats().buffer.buried == 0) cached->flush(1'000'000);
  store->ill = false;
  std::atomic<int64_t> refused{0};
  std::vector<int64_t> last(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Random random(static_cast<uint64_t>(thread) + 100);
      NullSink sink;
      std::string key = std::to_string(thread);
      for (int i = 1; i <= 1500; ++i) {
        switch (random.below(12)) {
          case 0:
            cached->pump_at(cached->now());
            break;
          case 1: {
            auto batch = cached->take_at(cached->now());
            Error error{Status::kStore, "late", {}};
            auto done = store->write(batch.writes);
            cached->complete_at(batch, done && random.below(4) ? nullptr : &error, cached->now());
            break;
          }
          case 2:
            cached->redrive_all_at(cached->now());
            break;
          case 3:
            for (const DeadLetter& letter : cached->dead_letters()) {
              cached->redrive_at(letter.write.get()->key(), cached->now());
            }
            break;
          case 4:
            if (random.below(20) == 0) cached->flush(1'000'000);
            break;
          case 5:
            cached->collect(sink);
            break;
          case 6:
            cached->due_at(cached->now());
            break;
          case 7:
          case 8:
            cached->get(std::to_string(random.below(kThreads)));
            break;
          default: {
            auto done = cached->write(key, std::to_string(i));
            if (done && *done == Status::kOk) {
              last[static_cast<size_t>(thread)] = i;
            } else {
              ++refused;
            }
          }
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  store->well = true;
  do {
    CHECK(cached->flush(kLong) == 0);
  } while (cached->redrive_all_at(cached->now()) > 0);
  int64_t lost = 0;
  for (int thread = 0; thread < kThreads; ++thread) {
    auto row = store->row(std::to_string(thread));
    if (!row || std::stoll(*row) != last[static_cast<size_t>(thread)]) ++lost;
  }
  CHECK(lost == 0);
  CHECK(refused == 0);
  CHECK(store->row("dead") == "1");
  CHECK(cached->stats().buffer.bytes == 0);
  CHECK(cached->stats().buffer.writing == 0);
  CHECK(store->out_of_order == 0);
  CHECK(cached->close(kLong) == 0);
}

TEST_CASE("eight threads on a cached store: aside") { run("aside", "through", false, 3000); }
TEST_CASE("eight threads on a cached store: through") { run("through", "through", false, 3000); }
TEST_CASE("eight threads on a cached store: behind, written through when full") {
  run("behind", "through", false, 2000);
}
TEST_CASE("eight threads on a cached store: behind, blocked when full") {
  run("behind", "block", false, 1000);
}
TEST_CASE("eight threads on a cached store: behind, refused when full, the store failing") {
  run("behind", "refuse", true, 2000);
}
TEST_CASE("eight threads on a cached store: behind, written through when full, the store failing") {
  run("behind", "through", true, 2000);
}
TEST_CASE("eight threads on a cached store: through, the store failing") {
  run("through", "through", true, 2000);
}
TEST_CASE("eight threads on a cached store: aside, the store failing") {
  run("aside", "through", true, 2000);
}

}  // namespace og
