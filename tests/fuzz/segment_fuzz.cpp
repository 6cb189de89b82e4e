// SPDX-License-Identifier: Apache-2.0
// Any bytes written anywhere over a segment, before it is attached to and while nouns in it are in
// use: no call reads or writes outside it, crashes, or goes on for ever.
//
// The input is steps: where to write which word, or which call to make. The head's check is made
// right again before the segment is attached to, so that what lies behind it is reached.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "core/balance/balancer.h"
#include "core/guard/breaker.h"
#include "core/guard/concurrency.h"
#include "core/inspect/host_report.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "tests/fuzz/input.h"

namespace og::fuzz {
namespace {

constexpr int64_t kBytes = 1 << 18;

// The nouns of one process, in the segment as it is found.
struct Nouns {
  explicit Nouns(std::shared_ptr<Segment> in) : segment(std::move(in)) {
    Config config;
    config.set("rate", "3/s");
    config.set_int("keys", 16);
    keep(limiter, Limiter::create(config, clock, Place(segment, "limiter")));
    keep(breaker, Breaker::create({}, clock, Place(segment, "breaker")));
    Config few;
    few.set_int("limit", 3);
    keep(concurrency, ConcurrencyLimiter::create(few, clock, Place(segment, "concurrency")));
    Config series;
    series.set_int("series", 8);
    keep(metrics, Metrics::create(series, Place(segment, "metrics")));
    Config set;
    set.set_int("max_endpoints", 8);
    keep(endpoints, EndpointSet::create(set, Place(segment, "endpoints")));
    if (endpoints) keep(balancer, Balancer::create({}, endpoints, clock));
  }
  template <class Kept, class Made>
  static void keep(Kept& kept, Made made) {
    if (made) kept = std::move(*made);
  }

  void call(Input& input) {
    const std::string key(input.bytes(8));
    switch (input.below(10)) {
      case 0:
        if (limiter) (void)limiter->acquire(key, 1);
        break;
      case 1:
        if (limiter) (void)limiter->peek(key, 1);
        break;
      case 2:
        if (!breaker) break;
        if (const int64_t permit = breaker->enter(); permit > 0)
          (void)breaker->exit(permit, input.below(2) != 0);
        break;
      case 3:
        if (!concurrency) break;
        if (const int64_t permit = concurrency->enter(); permit > 0 && input.below(2))
          (void)concurrency->exit(permit);
        break;
      case 4:
        if (!metrics) break;
        if (auto id = metrics->own().define(OwnSeries::Kind::kCounter, "calls_total", "", key))
          (void)metrics->own().increment(*id, 1);
        break;
      case 5:
        if (metrics) (void)metrics->render();
        break;
      case 6:
        if (endpoints)
          (void)endpoints->put("server-" + std::to_string(input.below(12)),
                               1 + static_cast<int64_t>(input.below(9)), "");
        break;
      case 7:
        if (endpoints)
          (void)endpoints->set_healthy(static_cast<int32_t>(input.below(12)), input.below(2) != 0);
        break;
      case 8:
        if (balancer) (void)balancer->pick(key);
        break;
      default:
        (void)host_report(segment, input.below(2) != 0);
        break;
    }
    clock->advance(static_cast<int64_t>(input.number<uint16_t>()) * 1'000'000);
  }

  const std::shared_ptr<Clock> clock = make_manual_clock();
  std::shared_ptr<Segment> segment;
  std::shared_ptr<Limiter> limiter;
  std::shared_ptr<Breaker> breaker;
  std::shared_ptr<ConcurrencyLimiter> concurrency;
  std::shared_ptr<Metrics> metrics;
  std::shared_ptr<EndpointSet> endpoints;
  std::shared_ptr<Balancer> balancer;
};

void write_word(char* memory, Input& input) {
  const uint64_t at =
      (input.below(2) ? input.below(8192) : input.number<uint32_t>()) % (kBytes / 8);
  const uint64_t word = input.number<uint64_t>();
  std::memcpy(memory + 8 * at, &word, sizeof word);
}

}  // namespace

void run(Input input) {
  const std::string name = "/outgrow-fuzz-" + std::to_string(getpid());
  const Segment::Settings settings{
      .name = name, .bytes = kBytes, .objects = 12, .attachments = 4, .mode = 0600};
  auto made = Segment::attach(settings);
  if (!made) std::abort();
  const int file = shm_open(name.c_str(), O_RDWR, 0);
  char* memory =
      static_cast<char*>(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
  close(file);
  if (memory == MAP_FAILED) std::abort();
  {
    Nouns nouns(*made);
    for (uint64_t calls = input.below(8); calls > 0; --calls) nouns.call(input);
    for (uint64_t words = input.below(32); words > 0; --words) write_word(memory, input);
  }
  made->reset();  // the last here: the next attaches to what is there now
  if (auto again = Segment::attach(settings)) {
    Nouns nouns(*again);
    for (int steps = 0; steps < 200 && !input.ended(); ++steps) {
      if (input.below(3) == 0)
        write_word(memory, input);
      else
        nouns.call(input);
    }
  }
  if (auto seen = Segment::inspect(name)) (void)host_report(*seen, true);
  munmap(memory, kBytes);
  shm_unlink(name.c_str());
}

}  // namespace og::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  og::fuzz::run({data, size});
  return 0;
}
