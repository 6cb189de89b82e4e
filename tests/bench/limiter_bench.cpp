// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <cstdint>
#include <string>
#include <vector>

namespace {

og_limiter* make_limiter(const char* rate, const char* policy, int64_t keys) {
  og_config* config = nullptr;
  og_limiter* limiter = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "rate", rate);
  og_config_set(config, "policy", policy);
  og_config_set_int(config, "keys", keys);
  og_limiter_create(config, nullptr, &limiter, nullptr);
  og_config_destroy(&config);
  return limiter;
}

// 32 MiB of counters.
og_limiter* make_sketch() {
  og_config* config = nullptr;
  og_limiter* limiter = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "rate", "1000000000/s");
  og_config_set(config, "policy", "count_min");
  og_config_set_int(config, "sketch_width", 1 << 20);
  og_limiter_create(config, nullptr, &limiter, nullptr);
  og_config_destroy(&config);
  return limiter;
}

// One limiter for all threads of a benchmark; it allows nearly every request.
og_limiter* shared_limiter() {
  static og_limiter* limiter = make_limiter("1000000000/s", "token_bucket", 65536);
  return limiter;
}

// Asks a limiter for one key, and then ends it.
void ask_one_key(benchmark::State& state, og_limiter* limiter, const char* label) {
  for (auto _ : state) benchmark::DoNotOptimize(og_limiter_acquire(limiter, nullptr, 0, 1));
  state.SetLabel(label);
  og_limiter_destroy(&limiter);
}

}  // namespace

static void limiter_one_key(benchmark::State& state) {
  og_limiter* limiter = shared_limiter();
  for (auto _ : state) benchmark::DoNotOptimize(og_limiter_acquire(limiter, nullptr, 0, 1));
  state.SetLabel("clock+cas+call");
}
BENCHMARK(limiter_one_key)->Threads(1)->Threads(2);

// A key of a limiter with plans, beside the two above.
static void limiter_plans(benchmark::State& state) {
  og_config* config = nullptr;
  og_limiter* limiter = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "rate", "1/s");
  og_config_set(config, "plans", "pro=1000000000/s");
  og_limiter_create(config, nullptr, &limiter, nullptr);
  og_limiter_set_plan(limiter, "a", 1, "pro", nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(og_limiter_acquire(limiter, "a", 1, 1));
  state.SetItemsProcessed(state.iterations());
  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
}
BENCHMARK(limiter_plans);

static void limiter_hot_key(benchmark::State& state) {
  og_limiter* limiter = shared_limiter();
  std::string key = "client-00000000" + std::to_string(state.thread_index());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        og_limiter_acquire(limiter, key.data(), static_cast<int64_t>(key.size()), 1));
  }
  state.SetLabel("clock+cas+call+hash");
}
BENCHMARK(limiter_hot_key)->Threads(1)->Threads(2);

// A turn at once, as the rate allows it.
static void limiter_reserve_slot(benchmark::State& state) {
  og_limiter* limiter = shared_limiter();
  int64_t after = 0, number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        og_limiter_reserve_slot(limiter, "slots", 5, 1, OG_NEVER, &after, &number));
  }
  state.SetLabel("clock+cas16+call+hash");
}
BENCHMARK(limiter_reserve_slot)->Threads(1)->Threads(2);

static void limiter_denied(benchmark::State& state) {
  ask_one_key(state, make_limiter("1/d", "token_bucket", 16), "clock+call");
}
BENCHMARK(limiter_denied);

// With so many others out, all of which a settlement looks at.
static void limiter_reserve_and_settle(benchmark::State& state) {
  og_config* config = nullptr;
  og_limiter* limiter = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "rate", "1000000000/s");
  og_config_set(config, "keys", "16");
  og_config_set(config, "reservations", "1024");
  og_limiter_create(config, nullptr, &limiter, nullptr);
  og_config_destroy(&config);
  for (int64_t i = 0; i < state.range(0); ++i) og_limiter_reserve(limiter, "other", 5, 1, 0);
  for (auto _ : state) {
    const int64_t reservation = og_limiter_reserve(limiter, nullptr, 0, 3, 0);
    benchmark::DoNotOptimize(og_limiter_settle(limiter, reservation, 1));
  }
  state.SetLabel("2 clock+cas+call");
  og_limiter_destroy(&limiter);
}
BENCHMARK(limiter_reserve_and_settle)->Arg(0)->Arg(100)->Arg(1000);

static void limiter_window_one_key(benchmark::State& state) {
  ask_one_key(state, make_limiter("1000/us", "sliding_window", 16), "clock+cas+cas+call");
}
BENCHMARK(limiter_window_one_key);

static void limiter_fixed_window_one_key(benchmark::State& state) {
  ask_one_key(state, make_limiter("1000000000/s", "fixed_window", 16), "clock+cas+call");
}
BENCHMARK(limiter_fixed_window_one_key);

static void limiter_calendar_window_one_key(benchmark::State& state) {
  ask_one_key(state, make_limiter("1000000000000/day", "calendar_window", 16),
              "wall clock+cas+call");
}
BENCHMARK(limiter_calendar_window_one_key);

static void limiter_count_min_one_key(benchmark::State& state) {
  ask_one_key(state, make_sketch(), "clock+6 cas+call");
}
BENCHMARK(limiter_count_min_one_key);

static void limiter_count_min_flood(benchmark::State& state) {
  og_limiter* limiter = make_sketch();
  int64_t key = 0;
  for (auto _ : state) {
    ++key;
    benchmark::DoNotOptimize(og_limiter_acquire(limiter, &key, sizeof key, 1));
  }
  state.SetLabel("clock+6 cas+call");
  og_limiter_destroy(&limiter);
}
BENCHMARK(limiter_count_min_flood);

static void limiter_sliding_counter_one_key(benchmark::State& state) {
  ask_one_key(state, make_limiter("100000000/h", "sliding_counter", 16), "clock+cas+call");
}
BENCHMARK(limiter_sliding_counter_one_key);

// Beside limiter_one_key: three rates are looked at and taken from.
static void limiter_three_rates_one_key(benchmark::State& state) {
  ask_one_key(state,
              make_limiter("1000000000/s, 50000000000/min, 3000000000000/h", "token_bucket", 16),
              "clock+cas+cas+cas+call");
}
BENCHMARK(limiter_three_rates_one_key);

static void limiter_acquire_all_three(benchmark::State& state) {
  og_limiter* limiters[3];
  for (og_limiter*& each : limiters) each = make_limiter("1000000000/s", "token_bucket", 16);
  const void* keys[3] = {};
  const int64_t lens[3] = {};
  int64_t which = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(og_limiter_acquire_all(limiters, keys, lens, nullptr, 3, &which));
  state.SetLabel("clock+cas+cas+cas+call");
  for (og_limiter*& each : limiters) og_limiter_destroy(&each);
}
BENCHMARK(limiter_acquire_all_three);

// Denied or not, as the clock has it.
static void limiter_warm_up_one_key(benchmark::State& state) {
  ask_one_key(state, make_limiter("1000000/s", "warm_up", 16), "clock+cas16+call");
}
BENCHMARK(limiter_warm_up_one_key);

namespace {

// A million keys in use, asked in an order that caches do not guess.
constexpr int64_t kKeys = 1 << 20;

struct Crowd {
  og_limiter* limiter = make_limiter("1000/s", "token_bucket", kKeys);
  std::vector<int64_t> ids;
  std::vector<const void*> keys;
  std::vector<int64_t> lens;

  Crowd() {
    for (int64_t i = 0; i < kKeys; ++i) ids.push_back((i * 0x9E3779B1) & (kKeys - 1));
    for (const int64_t& id : ids) keys.push_back(&id);
    lens.assign(ids.size(), sizeof(int64_t));
    for (const int64_t& id : ids) og_limiter_acquire(limiter, &id, sizeof id, 1);
  }
};

Crowd& crowd() {
  static Crowd made;
  return made;
}

}  // namespace

static void limiter_million_keys(benchmark::State& state) {
  Crowd& c = crowd();
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(og_limiter_acquire(c.limiter, c.keys[next], c.lens[next], 1));
    next = (next + 1) % c.keys.size();
  }
  state.SetLabel("clock+cas+call+hash");
}
BENCHMARK(limiter_million_keys);

// The time shown is of one key, 64 of them a call.
static void limiter_million_keys_many(benchmark::State& state) {
  Crowd& c = crowd();
  int64_t waits[64];
  size_t next = 0;
  while (state.KeepRunningBatch(64)) {
    og_limiter_acquire_many(c.limiter, &c.keys[next], &c.lens[next], nullptr, 64, waits);
    benchmark::DoNotOptimize(waits);
    next = (next + 64) % c.keys.size();
  }
  state.SetLabel("cas+hash");
}
BENCHMARK(limiter_million_keys_many);
