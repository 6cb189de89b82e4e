// SPDX-License-Identifier: Apache-2.0
// What it costs that a noun lies in a segment: beside the same on the heap.
#include <benchmark/benchmark.h>
#include <outgrow.h>
#include <unistd.h>

#include <string>

namespace {

og_scope* shared_scope() {
  static og_scope* const scope = [] {
    const std::string name = "/outgrow-bench-" + std::to_string(getpid());
    og_scope* made = nullptr;
    og_scope_create_host(name.c_str(), nullptr, &made, nullptr);
    og_scope_remove(name.c_str(), nullptr);
    return made;
  }();
  return scope;
}

og_limiter* make_limiter(const og_scope* scope) {
  og_config* config = nullptr;
  og_limiter* limiter = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "rate", "1000000000/s");
  og_limiter_create_in(scope, "bench", config, nullptr, &limiter, nullptr);
  og_config_destroy(&config);
  return limiter;
}

void acquire(benchmark::State& state, og_limiter* limiter) {
  const std::string key = "client-00000000" + std::to_string(state.thread_index());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        og_limiter_acquire(limiter, key.data(), static_cast<int64_t>(key.size()), 1));
  }
}

void enter_exit(benchmark::State& state, og_breaker* breaker) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(og_breaker_exit(breaker, og_breaker_enter(breaker), 1));
  }
}

og_breaker* make_breaker(const og_scope* scope) {
  og_breaker* breaker = nullptr;
  og_breaker_create_in(scope, "bench", nullptr, nullptr, &breaker, nullptr);
  return breaker;
}

}  // namespace

static void scope_limiter_heap(benchmark::State& state) {
  static og_limiter* const limiter = make_limiter(nullptr);
  acquire(state, limiter);
}
BENCHMARK(scope_limiter_heap)->Threads(1)->Threads(2);

static void scope_limiter_host(benchmark::State& state) {
  static og_limiter* const limiter = make_limiter(shared_scope());
  acquire(state, limiter);
}
BENCHMARK(scope_limiter_host)->Threads(1)->Threads(2);

static void scope_breaker_heap(benchmark::State& state) {
  static og_breaker* const breaker = make_breaker(nullptr);
  enter_exit(state, breaker);
}
BENCHMARK(scope_breaker_heap)->Threads(1)->Threads(2);

static void scope_breaker_host(benchmark::State& state) {
  static og_breaker* const breaker = make_breaker(shared_scope());
  enter_exit(state, breaker);
}
BENCHMARK(scope_breaker_host)->Threads(1)->Threads(2);

static void inspect(benchmark::State& state, int verify) {
  const std::string name = "/outgrow-bench-inspect-" + std::to_string(getpid());
  og_scope* scope = nullptr;
  og_scope_create_host(name.c_str(), nullptr, &scope, nullptr);
  og_limiter* limiter = make_limiter(scope);
  for (auto _ : state) {
    og_text* text = nullptr;
    og_scope_inspect(name.c_str(), verify, &text, nullptr);
    og_text_destroy(&text);
  }
  state.SetLabel("65536 keys");
  og_limiter_destroy(&limiter);
  og_scope_destroy(&scope);
  og_scope_remove(name.c_str(), nullptr);
}
static void scope_inspect(benchmark::State& state) { inspect(state, 0); }
BENCHMARK(scope_inspect);
static void scope_verify(benchmark::State& state) { inspect(state, 1); }
BENCHMARK(scope_verify);
