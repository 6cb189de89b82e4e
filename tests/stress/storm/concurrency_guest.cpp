// SPDX-License-Identifier: Apache-2.0
// Never more calls in flight than the limit, and none of the dead's.
#include "tests/stress/storm/concurrency_guest.h"

#include <sched.h>

#include <bit>

#include "core/base/random.h"
#include "core/guard/concurrency.h"

namespace og::storm {
namespace {

constexpr int kLimit = 3;

class ConcurrencyGuest final : public Guest {
 public:
  explicit ConcurrencyGuest(const Weather& weather)
      : weather_(weather), ledger_(test::make_shared_memory<Ledger>()) {}

  std::string name() const override { return "concurrency"; }

  std::function<void()> work(const std::shared_ptr<Segment>& segment, int worker) override {
    auto limiter = std::shared_ptr<ConcurrencyLimiter>(make(segment));
    auto random = std::make_shared<Random>(entropy_seed());
    return [this, worker, limiter, random] {
      const int64_t permit = limiter->enter();
      if (permit <= 0) return;
      const uint32_t mine = 1u << worker;
      const uint64_t kills = weather_.kills_twice.load();
      const uint32_t holders = ledger_->holders.fetch_or(mine) | mine;
      // While somebody is killed and forgotten nothing is known of its permit.
      if (std::popcount(holders & ~weather_.dying.load()) > kLimit &&
          weather_.kills_twice.load() == kills) {
        ledger_->too_many.fetch_add(1);
      }
      for (uint64_t others = random->below(4); others > 0; --others) sched_yield();
      ledger_->holders.fetch_and(~mine);
      limiter->exit(permit);
      ledger_->calls.fetch_add(1);
    };
  }

  void forget(int worker) override { ledger_->holders.fetch_and(~(1u << worker)); }

  Report judge(const std::shared_ptr<Segment>& segment, int64_t, int64_t) override {
    Report report;
    auto limiter = make(segment);
    if (ledger_->too_many > 0) {
      report.faults.push_back(std::to_string(ledger_->too_many) + " times more than " +
                              std::to_string(kLimit) + " were in flight");
    }
    if (ledger_->calls == 0) report.faults.push_back("let nobody in");
    const int64_t left = limiter->in_flight();
    if (left != 0) report.faults.push_back(std::to_string(left) + " of the dead are in flight");
    for (int i = 0; i < kLimit; ++i) {
      if (limiter->enter() <= 0) report.faults.push_back("a permit is still out");
    }
    if (limiter->enter() > 0) report.faults.push_back("a permit too many");
    report.done = std::to_string(ledger_->calls) + " calls, " +
                  std::to_string(limiter->stat(ConcurrencyLimiter::kOrphaned)) +
                  " taken back from the dead";
    return report;
  }

 private:
  struct Ledger {
    std::atomic<uint32_t> holders{0};  // a bit a worker
    std::atomic<int64_t> calls{0}, too_many{0};
  };

  static std::unique_ptr<ConcurrencyLimiter> make(const std::shared_ptr<Segment>& segment) {
    Config config;
    config.set_int("limit", kLimit);
    config.set("permit_ms",
               "0");  // without a time limit: what is taken back is taken from the dead
    return must(ConcurrencyLimiter::create(config, system_clock(), Place(segment, "concurrency")));
  }

  const Weather& weather_;
  Ledger* const ledger_;
};

}  // namespace

std::unique_ptr<Guest> concurrency_guest(const Weather& weather) {
  return std::make_unique<ConcurrencyGuest>(weather);
}

}  // namespace og::storm
