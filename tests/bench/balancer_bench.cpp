// SPDX-License-Identifier: Apache-2.0
// Picks among a hundred servers by every policy. The ring has 16,000 points; its keys are many, so
// that a pick finds neither its key's hash nor its point at hand.
#include <benchmark/benchmark.h>
#include <outgrow.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int kServers = 100;
constexpr int kKeys = 4096;

struct Keys {
  std::vector<std::string> texts;
  std::vector<const void*> data;
  std::vector<int64_t> lens;
  Keys() {
    for (int i = 0; i < kKeys; ++i) {
      char text[32];
      std::snprintf(text, sizeof text, "client-%09d", i * 7919);
      texts.emplace_back(text);
    }
    for (const std::string& text : texts) {
      data.push_back(text.data());
      lens.push_back(static_cast<int64_t>(text.size()));
    }
  }
};

const Keys& keys() {
  static const Keys made;
  return made;
}

og_endpoints* make_servers(const og_scope* scope) {
  og_endpoints* made = nullptr;
  og_endpoints_create_in(scope, "bench", nullptr, &made, nullptr);
  for (int i = 0; i < kServers; ++i) {
    std::string name = "10.0.0." + std::to_string(i) + ":8080";
    og_endpoints_add(made, name.c_str(), 1 + i % 5, nullptr, nullptr);
  }
  return made;
}
og_endpoints* servers() {
  static og_endpoints* const set = make_servers(nullptr);
  return set;
}
og_endpoints* shared_servers() {
  static og_endpoints* const set = [] {
    const std::string name = "/outgrow-bench-balancer-" + std::to_string(getpid());
    og_scope* scope = nullptr;
    og_scope_create_host(name.c_str(), nullptr, &scope, nullptr);
    og_scope_remove(name.c_str(), nullptr);
    return make_servers(scope);
  }();
  return set;
}

og_balancer* make(const char* policy, const char* option = nullptr, const char* value = nullptr,
                  og_endpoints* set = servers()) {
  og_config* config = nullptr;
  og_balancer* made = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "policy", policy);
  if (option) og_config_set(config, option, value);
  og_balancer_create(config, set, nullptr, &made, nullptr);
  og_config_destroy(&config);
  return made;
}

void pick(benchmark::State& state, og_balancer* balancer) {
  size_t i = static_cast<size_t>(state.thread_index()) * 1000;
  for (auto _ : state) {
    i = (i + 1) % kKeys;
    benchmark::DoNotOptimize(og_balancer_pick(balancer, keys().data[i], keys().lens[i]));
  }
}

void balancer_round_robin(benchmark::State& state) {
  static og_balancer* balancer = make("round_robin");
  pick(state, balancer);
  state.SetLabel("cas+call");
}
BENCHMARK(balancer_round_robin)->Threads(1)->Threads(2);

void balancer_weighted_round_robin(benchmark::State& state) {
  static og_balancer* balancer = make("weighted_round_robin");
  pick(state, balancer);
  state.SetLabel("cas+call");
}
BENCHMARK(balancer_weighted_round_robin)->Threads(1)->Threads(2);

// With a time limit on tickets it reads the clock and looks at a hundred counts.
void balancer_least_connections(benchmark::State& state) {
  static og_balancer* balancer = make("least_connections");
  pick(state, balancer);
  state.SetLabel("clock+call");
}
BENCHMARK(balancer_least_connections)->Threads(1)->Threads(2);

void balancer_best_of_two(benchmark::State& state) {
  static og_balancer* balancer = make("least_connections", "choices", "2");
  pick(state, balancer);
  state.SetLabel("clock+cas+call");
}
BENCHMARK(balancer_best_of_two)->Threads(1)->Threads(2);

void balancer_ring(benchmark::State& state) {
  static og_balancer* balancer = make("consistent_hash");
  pick(state, balancer);
  state.SetLabel("hash+call");
}
BENCHMARK(balancer_ring)->Threads(1)->Threads(2);

void balancer_ring_ketama(benchmark::State& state) {
  static og_balancer* balancer = make("consistent_hash", "ring_hash", "ketama");
  pick(state, balancer);
  state.SetLabel("hash+call");
}
BENCHMARK(balancer_ring_ketama)->Threads(1)->Threads(2);

// A key's share of a batch of 64.
void balancer_ring_many(benchmark::State& state) {
  static og_balancer* balancer = make("consistent_hash");
  constexpr int64_t kBatch = 64;
  std::array<int32_t, kBatch> out;
  int64_t done = 0;
  while (state.KeepRunningBatch(kBatch)) {
    og_balancer_pick_many(balancer, &keys().data[static_cast<size_t>(done % kKeys)],
                          &keys().lens[static_cast<size_t>(done % kKeys)], kBatch, out.data());
    benchmark::DoNotOptimize(out);
    done += kBatch;
  }
  state.SetLabel("hash");
}
BENCHMARK(balancer_ring_many)->Threads(1)->Threads(2);

void acquire_release(benchmark::State& state, og_balancer* balancer) {
  size_t i = 0;
  for (auto _ : state) {
    i = (i + 1) % kKeys;
    int32_t endpoint = 0;
    int64_t ticket = og_balancer_acquire(balancer, keys().data[i], keys().lens[i], &endpoint);
    benchmark::DoNotOptimize(og_balancer_release(balancer, ticket, 1, 1000));
  }
  state.SetLabel("clock+clock+cas+cas+cas+cas+call+call");
}
void balancer_acquire_release(benchmark::State& state) {
  static og_balancer* balancer = make("least_connections", "choices", "2");
  acquire_release(state, balancer);
}
BENCHMARK(balancer_acquire_release)->Threads(1)->Threads(2);

// The same over a set in a scope: in-flight counts are tagged with their process.
void balancer_acquire_release_host(benchmark::State& state) {
  static og_balancer* balancer = make("least_connections", "choices", "2", shared_servers());
  acquire_release(state, balancer);
}
BENCHMARK(balancer_acquire_release_host)->Threads(1)->Threads(2);

void balancer_round_robin_host(benchmark::State& state) {
  static og_balancer* balancer = make("round_robin", nullptr, nullptr, shared_servers());
  pick(state, balancer);
  state.SetLabel("cas+call");
}
BENCHMARK(balancer_round_robin_host)->Threads(1)->Threads(2);

// What whoever changes a set pays, picks never do: state.range(0) servers under a balancer. Weights
// of 1 to 1,000 have the longest cycle that is written down.
class Changed {
 public:
  Changed(const char* policy, int64_t servers, bool weighed) {
    og_config* config = nullptr;
    og_config_create(&config, nullptr);
    og_config_set_int(config, "max_endpoints", servers + 1);
    og_endpoints_create(config, &set_, nullptr);
    for (int64_t i = 0; i < servers; ++i) {
      og_endpoints_add(set_, name(i).c_str(), weighed ? 1 + i * 7919 % 1000 : 10, nullptr, nullptr);
    }
    balancer_ = make(policy, nullptr, nullptr, set_);
    og_config_destroy(&config);
  }
  ~Changed() {
    og_balancer_destroy(&balancer_);
    og_endpoints_destroy(&set_);
  }
  og_endpoints* set() const { return set_; }
  static std::string name(int64_t i) { return "10.0.0." + std::to_string(i) + ":8080"; }

 private:
  og_endpoints* set_ = nullptr;
  og_balancer* balancer_ = nullptr;
};

void flip_health(benchmark::State& state, const char* policy, bool weighed) {
  const Changed changed(policy, state.range(0), weighed);
  int32_t healthy = 1;
  for (auto _ : state) {
    healthy = 1 - healthy;
    benchmark::DoNotOptimize(og_endpoints_set_healthy(changed.set(), 0, healthy, nullptr));
  }
}
void endpoints_flip_weighted(benchmark::State& state) {
  flip_health(state, "weighted_round_robin", true);
}
BENCHMARK(endpoints_flip_weighted)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);
void endpoints_flip_ring(benchmark::State& state) { flip_health(state, "consistent_hash", false); }
BENCHMARK(endpoints_flip_ring)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);

// The ring takes over what it has of all others.
void endpoints_join_ring(benchmark::State& state) {
  const Changed changed("consistent_hash", state.range(0), false);
  const std::string name = Changed::name(state.range(0));
  for (auto _ : state) {
    const int32_t index = og_endpoints_add(changed.set(), name.c_str(), 10, nullptr, nullptr);
    benchmark::DoNotOptimize(og_endpoints_remove(changed.set(), index, nullptr));
  }
}
BENCHMARK(endpoints_join_ring)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMicrosecond);

// Every share changes, and with it every server's points.
void endpoints_set_weight(benchmark::State& state) {
  const Changed changed("consistent_hash", state.range(0), false);
  int64_t weight = 10;
  for (auto _ : state) {
    weight = 21 - weight;
    benchmark::DoNotOptimize(og_endpoints_set_weight(changed.set(), 0, weight, nullptr));
  }
}
BENCHMARK(endpoints_set_weight)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
