// SPDX-License-Identifier: Apache-2.0
// Half-open, a breaker never has more permits out than its bound, and gets those of the dead back.
#include "tests/stress/storm/breaker_guest.h"

#include <sched.h>

#include <array>
#include <bit>

#include "core/base/random.h"
#include "core/guard/breaker.h"

namespace og::storm {
namespace {

constexpr int kPermits = 3, kSuccesses = 200;
// A permit: generation 40 bits, slot + 1 in 7 (0: given while closed), sequence 12.
constexpr int kGenerationAt = 19, kSlotAt = 12;

// Who says that it holds a permit of one generation, a bit a worker, in one word: so that the
// number of holders is read at one moment.
struct Holders {
  std::atomic<uint64_t> word{0};  // generation << 8 | workers
  static constexpr uint64_t kWorkerBits = (1u << kWorkers) - 1;
};
static_assert(kWorkers == 8);

class BreakerGuest final : public Guest {
 public:
  explicit BreakerGuest(const Weather& weather)
      : weather_(weather), ledger_(test::make_shared_memory<Ledger>()) {}

  std::string name() const override { return "breaker"; }

  std::function<void()> work(const std::shared_ptr<Segment>& segment, int worker) override {
    auto breaker = std::shared_ptr<Breaker>(make(segment));
    auto random = std::make_shared<Random>(entropy_seed());
    return [this, worker, breaker, random] {
      const int64_t permit = breaker->enter();
      if (permit <= 0) return;
      if ((permit >> kSlotAt & 127) == 0) {
        breaker->exit(permit, random->below(100) != 0);
        return;
      }
      hold(permit, worker);
      for (uint64_t others = random->below(4); others > 0; --others) sched_yield();
      let_go(permit, worker);
      ledger_->half_open.fetch_add(1);
      breaker->exit(permit, random->below(40) != 0);
    };
  }

  void forget(int worker) override {
    for (Holders& holders : ledger_->holders) holders.word.fetch_and(~(uint64_t{1} << worker));
  }

  // With nobody left all permits of the present generation can be had at once: those of the dead
  // are taken back for their death, as none would be for its time.
  Report judge(const std::shared_ptr<Segment>& segment, int64_t, int64_t) override {
    Report report;
    auto breaker = make(segment);
    if (ledger_->too_many > 0) {
      report.faults.push_back(std::to_string(ledger_->too_many) + " times more than " +
                              std::to_string(kPermits) + " permits were out");
    }
    if (breaker->state() == BreakerState::kClosed) breaker->exit(breaker->enter(), false);
    const int64_t later = system_clock()->now() + 1'000'000;  // open no longer
    for (int i = 0; i < kPermits; ++i) {
      if (breaker->enter_at(later) <= 0) report.faults.push_back("a permit is still out");
    }
    if (breaker->enter_at(later) > 0) report.faults.push_back("a permit too many");
    report.done = std::to_string(breaker->transitions()) + " transitions, " +
                  std::to_string(ledger_->half_open) + " calls half-open";
    if (ledger_->half_open == 0) report.faults.push_back("was never half-open");
    return report;
  }

 private:
  static constexpr size_t kGenerations = 1024;
  struct Ledger {
    std::array<Holders, kGenerations> holders;
    std::atomic<int64_t> half_open{0}, too_many{0};
  };

  Holders& holders_of(int64_t permit) const {
    return ledger_->holders[static_cast<uint64_t>(permit >> kGenerationAt) % kGenerations];
  }

  void hold(int64_t permit, int worker) {
    const uint64_t generation = static_cast<uint64_t>(permit >> kGenerationAt) << kWorkers;
    Holders& holders = holders_of(permit);
    const uint64_t kills = weather_.kills_twice.load();
    uint64_t seen = holders.word.load(), mine;
    do {
      const uint64_t others =
          (seen & ~Holders::kWorkerBits) == generation ? seen & Holders::kWorkerBits : 0;
      mine = generation | others | uint64_t{1} << worker;
    } while (!holders.word.compare_exchange_weak(seen, mine));
    const uint64_t living = mine & Holders::kWorkerBits & ~uint64_t{weather_.dying.load()};
    // While somebody is killed and forgotten nothing is known of its permit.
    if (std::popcount(living) > kPermits && weather_.kills_twice.load() == kills)
      ledger_->too_many.fetch_add(1);
  }

  void let_go(int64_t permit, int worker) {
    const uint64_t generation = static_cast<uint64_t>(permit >> kGenerationAt) << kWorkers;
    Holders& holders = holders_of(permit);
    uint64_t seen = holders.word.load();
    while ((seen & ~Holders::kWorkerBits) == generation &&
           !holders.word.compare_exchange_weak(seen, seen & ~(uint64_t{1} << worker))) {
    }
  }

  static std::unique_ptr<Breaker> make(const std::shared_ptr<Segment>& segment) {
    Config config;
    config.set_int("failure_threshold", 1);
    config.set("open_ms", "1ms");
    config.set_int("success_threshold", kSuccesses);
    config.set_int("half_open_permits", kPermits);
    config.set("permit_ms", "1d");
    return must(Breaker::create(config, system_clock(), Place(segment, "breaker")));
  }

  const Weather& weather_;
  Ledger* const ledger_;
};

}  // namespace

std::unique_ptr<Guest> breaker_guest(const Weather& weather) {
  return std::make_unique<BreakerGuest>(weather);
}

}  // namespace og::storm
