// SPDX-License-Identifier: Apache-2.0
// Room for 64 in flight, beside what one would write by hand: a count under a mutex, an atomic
// count, a semaphore. None of those knows whom it let in.
#include <benchmark/benchmark.h>
#include <outgrow.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <semaphore>
#include <string>

namespace {

constexpr int kLimit = 64;

og_concurrency* make(const og_scope* scope, const char* permit_ms, int limit = kLimit) {
  og_config* config = nullptr;
  og_concurrency* made = nullptr;
  og_config_create(&config, nullptr);
  og_config_set_int(config, "limit", limit);
  og_config_set(config, "permit_ms", permit_ms);
  if (scope) {
    og_concurrency_create_in(scope, "bench", config, nullptr, &made, nullptr);
  } else {
    og_concurrency_create(config, nullptr, &made, nullptr);
  }
  og_config_destroy(&config);
  return made;
}

og_scope* shared_scope() {
  static og_scope* const scope = [] {
    const std::string name = "/outgrow-bench-concurrency-" + std::to_string(getpid());
    og_scope* made = nullptr;
    og_scope_create_host(name.c_str(), nullptr, &made, nullptr);
    og_scope_remove(name.c_str(), nullptr);
    return made;
  }();
  return scope;
}

void enter_exit(benchmark::State& state, og_concurrency* limiter) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(og_concurrency_exit(limiter, og_concurrency_enter(limiter)));
  }
}

}  // namespace

static void concurrency_enter_exit(benchmark::State& state) {
  static og_concurrency* const limiter = make(nullptr, "60s");
  enter_exit(state, limiter);
  state.SetLabel("2 clock+2 cas+2 call");
}
BENCHMARK(concurrency_enter_exit)->Threads(1)->Threads(2);

static void concurrency_enter_exit_untimed(benchmark::State& state) {
  static og_concurrency* const limiter = make(nullptr, "0");
  enter_exit(state, limiter);
  state.SetLabel("2 cas+2 call");
}
BENCHMARK(concurrency_enter_exit_untimed)->Threads(1)->Threads(2);

static void concurrency_enter_exit_host(benchmark::State& state) {
  static og_concurrency* const limiter = make(shared_scope(), "60s");
  enter_exit(state, limiter);
}
BENCHMARK(concurrency_enter_exit_host)->Threads(1)->Threads(2);

static void concurrency_full(benchmark::State& state) {
  const auto limit = static_cast<int>(state.range(0));
  og_concurrency* limiter = make(nullptr, "0", limit);
  for (int i = 0; i < limit; ++i) og_concurrency_enter(limiter);
  for (auto _ : state) benchmark::DoNotOptimize(og_concurrency_enter(limiter));
  og_concurrency_destroy(&limiter);
}
BENCHMARK(concurrency_full)->Arg(kLimit)->Arg(65536);

static void concurrency_by_mutex(benchmark::State& state) {
  static std::mutex mutex;
  static int count = 0;
  for (auto _ : state) {
    bool entered;
    {
      std::lock_guard only(mutex);
      entered = count < kLimit && ++count;
    }
    benchmark::DoNotOptimize(entered);
    std::lock_guard only(mutex);
    if (entered) --count;
  }
}
BENCHMARK(concurrency_by_mutex)->Threads(1)->Threads(2);

static void concurrency_by_atomic(benchmark::State& state) {
  static std::atomic<int> count{0};
  for (auto _ : state) {
    if (count.fetch_add(1) >= kLimit) benchmark::DoNotOptimize(count.load());
    count.fetch_sub(1);
  }
}
BENCHMARK(concurrency_by_atomic)->Threads(1)->Threads(2);

static void concurrency_by_semaphore(benchmark::State& state) {
  static std::counting_semaphore<> semaphore(kLimit);
  for (auto _ : state) {
    if (semaphore.try_acquire()) semaphore.release();
  }
}
BENCHMARK(concurrency_by_semaphore)->Threads(1)->Threads(2);
