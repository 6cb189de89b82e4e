// SPDX-License-Identifier: Apache-2.0
// What it costs that a limiter is a fleet's: a decision on what the machine was granted, beside one
// of the host's scope.
#include <benchmark/benchmark.h>
#include <outgrow.h>
#include <unistd.h>

#include <string>

namespace {

// Of a machine that is apart, where all passes: it has always been granted enough.
struct Limiters {
  og_limiter *host = nullptr, *fleet = nullptr;

  static const Limiters& instance() {
    static const Limiters made;
    return made;
  }

 private:
  Limiters() {
    const std::string name = "/outgrow-bench-fleet-" + std::to_string(getpid());
    og_scope *machine = nullptr, *shared = nullptr;
    og_fleet* one = nullptr;
    og_scope_create_host(name.c_str(), nullptr, &machine, nullptr);
    og_scope_remove(name.c_str(), nullptr);
    og_fleet_create_in(machine, "bench", nullptr, nullptr, &one, nullptr);
    og_fleet_scope(one, &shared, nullptr);
    host = make(machine, nullptr);
    fleet = make(shared, "open");
    carry(one);
    og_fleet_broken(one, "there is none", nullptr);
    og_limiter_acquire(fleet, "client-000000001", 16, 1);
    carry(one);
  }
  static void carry(og_fleet* one) {
    og_text* commands = nullptr;
    og_fleet_take(one, &commands, nullptr);
    og_text_destroy(&commands);
  }
  static og_limiter* make(const og_scope* scope, const char* outage) {
    og_config* config = nullptr;
    og_limiter* limiter = nullptr;
    og_config_create(&config, nullptr);
    og_config_set(config, "rate", "1000000000/s");
    og_config_set(config, "burst", "1000000");
    og_config_set(config, "lease_ms", outage ? "60000" : "500");
    if (outage) og_config_set(config, "outage", outage);
    og_limiter_create_in(scope, "bench", config, nullptr, &limiter, nullptr);
    og_config_destroy(&config);
    return limiter;
  }
};

void acquire(benchmark::State& state, og_limiter* limiter) {
  int64_t denied = 0;
  for (auto _ : state) denied += og_limiter_acquire(limiter, "client-000000001", 16, 1) != 0;
  state.counters["denied"] = static_cast<double>(denied);
}

}  // namespace

static void fleet_limiter_host(benchmark::State& state) {
  acquire(state, Limiters::instance().host);
}
BENCHMARK(fleet_limiter_host)->Iterations(1000000);

static void fleet_limiter_fleet(benchmark::State& state) {
  acquire(state, Limiters::instance().fleet);
}
BENCHMARK(fleet_limiter_fleet)->Iterations(1000000);
