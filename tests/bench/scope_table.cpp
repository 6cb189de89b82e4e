// SPDX-License-Identifier: Apache-2.0
// What sharing a limit costs, as one table: on the heap, in a segment, by two processes, and by
// Redis on loopback, which people use for it (a token bucket as a script, EVALSHA), all in one run.
// A row is the median of several rounds, taken in turns: the best of two that contend is one where
// they did not.
#include <outgrow.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/shared_memory.h"

#ifdef OUTGROW_HIREDIS
#include "tests/bench/redis_bucket.h"
#endif

namespace {

constexpr int kRounds = 21, kCalls = 200'000;

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
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

void acquire(og_limiter* limiter, int calls) {
  for (int i = 0; i < calls; ++i) og_limiter_acquire(limiter, "client-000000001", 16, 1);
}

// ns a call.
double one(og_limiter* limiter) {
  const int64_t began = now_ns();
  acquire(limiter, kCalls);
  return static_cast<double>(now_ns() - began) / kCalls;
}

// Two at once, each of whom waits for the other: ns a call of each.
struct Meeting {
  std::atomic<int> there{0};
  std::atomic<int64_t> ns{0};
  void run(og_limiter* limiter) {
    there.fetch_add(1);
    while (there.load() < 2) {
    }
    const int64_t began = now_ns();
    acquire(limiter, kCalls);
    ns.fetch_add(now_ns() - began);
  }
  double ns_a_call() const { return static_cast<double>(ns.load()) / 2 / kCalls; }
};

double two_threads(og_limiter* limiter) {
  Meeting meeting;
  std::thread other([&] { meeting.run(limiter); });
  meeting.run(limiter);
  other.join();
  return meeting.ns_a_call();
}

double two_processes(og_limiter* limiter) {
  auto* meeting = og::test::make_shared_memory<Meeting>();
  const pid_t child = fork();
  meeting->run(limiter);
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const double ns = meeting->ns_a_call();
  munmap(meeting, sizeof(Meeting));
  return ns;
}

struct Percentiles {
  double p50, p99;
};
Percentiles each(const std::function<void()>& call, size_t count) {
  std::vector<int64_t> times(count);
  for (int64_t& time : times) {
    const int64_t began = now_ns();
    call();
    time = now_ns() - began;
  }
  std::sort(times.begin(), times.end());
  return {static_cast<double>(times[count / 2]), static_cast<double>(times[count * 99 / 100])};
}

void print(const char* what, double ns, double floor, const char* than) {
  std::printf("%-44s %9.1f ns %7.2fx  %s\n", what, ns, ns / floor, than);
}

}  // namespace

int main() {
  const std::string name = "/outgrow-bench-" + std::to_string(getpid());
  og_scope* scope = nullptr;
  if (og_scope_create_host(name.c_str(), nullptr, &scope, nullptr) != OG_OK) return 1;
  og_scope_remove(name.c_str(), nullptr);
  og_limiter* heap = make_limiter(nullptr);
  og_limiter* host = make_limiter(scope);
  std::vector<double> rounds[5];
  for (int round = 0; round < kRounds; ++round) {
    rounds[0].push_back(one(heap));
    rounds[1].push_back(one(host));
    rounds[2].push_back(two_threads(heap));
    rounds[3].push_back(two_threads(host));
    rounds[4].push_back(two_processes(host));
  }
  double median[5];
  for (int row = 0; row < 5; ++row) {
    std::nth_element(rounds[row].begin(), rounds[row].begin() + kRounds / 2, rounds[row].end());
    median[row] = rounds[row][kRounds / 2];
  }
  const auto [heap_one, host_one, heap_threads, threads, processes] = median;
  std::printf("\n%-44s %12s %8s\n", "one limit, acquire of a hot key", "a call", "");
  print("on the heap", heap_one, heap_one, "");
  print("in a segment", host_one, heap_one, "of the heap's");
  print("on the heap, two threads", heap_threads, heap_threads, "");
  print("in a segment, two threads", threads, heap_threads, "of the heap's");
  print("in a segment, two processes", processes, heap_threads, "of two threads on the heap");

  const Percentiles ours = each([&] { acquire(host, 1); }, 100'000);
  std::printf("\n%-44s %9.0f ns p50 %9.0f ns p99\n", "in a segment, clock reads included", ours.p50,
              ours.p99);
  std::fflush(stdout);
#ifdef OUTGROW_HIREDIS
  if (auto redis = RedisBucket::start()) {
    const Percentiles theirs = each([&] { redis->acquire("client-000000001"); }, 20'000);
    std::printf("%-44s %9.0f ns p50 %9.0f ns p99\n", "Redis on loopback, EVALSHA of a token bucket",
                theirs.p50, theirs.p99);
    std::printf("%-44s %8.0fx p50 %9.0fx p99\n", "", theirs.p50 / ours.p50, theirs.p99 / ours.p99);
  } else {
    std::printf("SKIPPED: Redis: no redis-server here\n");
  }
#else
  std::printf("SKIPPED: Redis: no hiredis (Debian: libhiredis-dev)\n");
#endif
  og_limiter_destroy(&heap);
  og_limiter_destroy(&host);
  og_scope_destroy(&scope);
  return 0;
}
