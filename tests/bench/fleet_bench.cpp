// SPDX-License-Identifier: Apache-2.0
// What it costs that an object is a fleet's: a call on what the machine was granted, beside one of
// the host's scope.
#include <benchmark/benchmark.h>
#include <outgrow.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using Options = std::vector<std::pair<const char*, const char*>>;

// A machine that is apart, where all passes: it has always been granted enough.
struct Machine {
  og_scope *host = nullptr, *shared = nullptr;
  og_fleet* fleet = nullptr;

  static const Machine& instance() {
    static const Machine made;
    return made;
  }
  // As a driver does it.
  void carry() const {
    og_text* commands = nullptr;
    og_fleet_take(fleet, &commands, nullptr);
    og_text_destroy(&commands);
  }
  // create: of a noun, in a scope.
  template <auto Create, class Noun>
  static Noun* make(const og_scope* scope, const Options& options) {
    og_config* config = nullptr;
    Noun* noun = nullptr;
    og_config_create(&config, nullptr);
    for (const auto& [name, value] : options) og_config_set(config, name, value);
    Create(scope, "bench", config, nullptr, &noun, nullptr);
    og_config_destroy(&config);
    return noun;
  }

 private:
  Machine() {
    const std::string name = "/outgrow-bench-fleet-" + std::to_string(getpid());
    og_scope_create_host(name.c_str(), nullptr, &host, nullptr);
    og_scope_remove(name.c_str(), nullptr);
    og_fleet_create_in(host, "bench", nullptr, nullptr, &fleet, nullptr);
    og_fleet_scope(fleet, &shared, nullptr);
    carry();
    og_fleet_broken(fleet, "there is none", nullptr);
  }
};

og_limiter* limiter_in(const og_scope* scope, Options options) {
  options.insert(options.end(), {{"rate", "1000000000/s"}, {"burst", "1000000"}});
  return Machine::make<&og_limiter_create_in, og_limiter>(scope, options);
}

void acquire(benchmark::State& state, og_limiter* limiter) {
  int64_t denied = 0;
  for (auto _ : state) denied += og_limiter_acquire(limiter, "client-000000001", 16, 1) != 0;
  state.counters["denied"] = static_cast<double>(denied);
}

og_concurrency* concurrency_in(const og_scope* scope, Options options) {
  options.insert(options.end(), {{"limit", "64"}, {"permit_ms", "60s"}});
  return Machine::make<&og_concurrency_create_in, og_concurrency>(scope, options);
}

void enter_exit(benchmark::State& state, og_concurrency* limiter) {
  int64_t denied = 0;
  for (auto _ : state) {
    const int64_t permit = og_concurrency_enter(limiter);
    denied += permit <= 0;
    benchmark::DoNotOptimize(og_concurrency_exit(limiter, permit));
  }
  state.counters["denied"] = static_cast<double>(denied);
}

void enter_exit(benchmark::State& state, og_breaker* breaker) {
  int64_t denied = 0;
  for (auto _ : state) {
    const int64_t permit = og_breaker_enter(breaker);
    denied += permit <= 0;
    benchmark::DoNotOptimize(og_breaker_exit(breaker, permit, 1));
  }
  state.counters["denied"] = static_cast<double>(denied);
}

}  // namespace

static void fleet_limiter_host(benchmark::State& state) {
  static og_limiter* const limiter = limiter_in(Machine::instance().host, {});
  acquire(state, limiter);
}
BENCHMARK(fleet_limiter_host)->Iterations(1000000);

static void fleet_limiter_fleet(benchmark::State& state) {
  const Machine& machine = Machine::instance();
  static og_limiter* const limiter =
      limiter_in(machine.shared, {{"outage", "open"}, {"lease_ms", "60000"}});
  og_limiter_acquire(limiter, "client-000000001", 16, 1);
  machine.carry();
  acquire(state, limiter);
}
BENCHMARK(fleet_limiter_fleet)->Iterations(1000000);

static void fleet_concurrency_host(benchmark::State& state) {
  static og_concurrency* const limiter = concurrency_in(Machine::instance().host, {});
  enter_exit(state, limiter);
}
BENCHMARK(fleet_concurrency_host)->Iterations(500000);

// What a machine may do apart it may for half a second.
static void fleet_concurrency_fleet(benchmark::State& state) {
  const Machine& machine = Machine::instance();
  static og_concurrency* const limiter = concurrency_in(machine.shared, {{"outage", "open"}});
  og_concurrency_exit(limiter, og_concurrency_enter(limiter));
  machine.carry();
  enter_exit(state, limiter);
}
BENCHMARK(fleet_concurrency_fleet)->Iterations(500000);

static void fleet_breaker_host(benchmark::State& state) {
  static og_breaker* const breaker =
      Machine::make<&og_breaker_create_in, og_breaker>(Machine::instance().host, {});
  enter_exit(state, breaker);
}
BENCHMARK(fleet_breaker_host)->Iterations(1000000);

static void fleet_breaker_fleet(benchmark::State& state) {
  static og_breaker* const breaker =
      Machine::make<&og_breaker_create_in, og_breaker>(Machine::instance().shared, {});
  enter_exit(state, breaker);
}
BENCHMARK(fleet_breaker_fleet)->Iterations(1000000);
