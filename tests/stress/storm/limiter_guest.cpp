// SPDX-License-Identifier: Apache-2.0
#include "tests/stress/storm/limiter_guest.h"

#include <algorithm>
#include <array>

#include "core/base/random.h"
#include "core/limit/limiter.h"

namespace og::storm {
namespace {

struct Limit {
  const char* policy;
  int64_t count, period_ns;
  int64_t cells;
  size_t keys;
};
constexpr size_t kMostKeys = 600;
constexpr int64_t kSecond = 1'000'000'000;

class LimiterGuest final : public Guest {
 public:
  LimiterGuest(std::string name, Limit limit)
      : name_(std::move(name)), limit_(limit), ledger_(test::make_shared_memory<Ledger>()) {}

  std::string name() const override { return name_; }

  std::function<void()> work(const std::shared_ptr<Segment>& segment, int worker) override {
    auto limiter = std::shared_ptr<Limiter>(make(segment));
    auto random = std::make_shared<Random>(entropy_seed());
    return [this, worker, limiter, random] {
      Tally& tally = ledger_->tallies[static_cast<size_t>(worker)];
      const size_t key = random->below(limit_.keys);
      tally.begun.fetch_add(1);
      const int64_t asked = system_clock()->now();
      ledger_->ask(asked);
      const bool passed = limiter->acquire("key-" + std::to_string(key), 1) == 0;
      if (passed) ledger_->admitted[key].fetch_add(1);
      if (passed) ledger_->latest[static_cast<size_t>(worker)] = asked;
      tally.ended.fetch_add(1);
    };
  }

  // A key's bound over the time that passed; what the dead did not tell can only be more.
  Report judge(const std::shared_ptr<Segment>& segment, int64_t ns, int64_t kills) override {
    Report report;
    const auto limiter = make(segment);
    const int64_t bound =
        limit_.count +
        static_cast<int64_t>(static_cast<double>(ns) * 1.0001 * static_cast<double>(limit_.count) /
                             static_cast<double>(limit_.period_ns)) +
        1;
    int64_t admitted = 0, most = 0, calls = 0, unknown = 0;
    for (size_t key = 0; key < limit_.keys; ++key) {
      most = std::max(most, ledger_->admitted[key].load());
      admitted += ledger_->admitted[key].load();
    }
    for (const Tally& tally : ledger_->tallies) {
      calls += tally.begun.load();
      unknown += tally.unknown();
    }
    if (most > bound)
      report.faults.push_back("admitted " + std::to_string(most) + " of a key, at most " +
                              std::to_string(bound));
    if (unknown > kills)
      report.faults.push_back(std::to_string(unknown) + " calls without an end, of " +
                              std::to_string(kills) + " kills");
    // The segment's own count is made after the decision, and the ledger's after that.
    const int64_t counted = limiter->allowed() + limiter->denied();
    if (counted > calls || counted < calls - kills)
      report.faults.push_back("counted " + std::to_string(counted) + " calls of " +
                              std::to_string(calls));
    if (limit_.keys == 1) judge_exactly(*limiter, ns, admitted, kills, report);
    if (limiter->acquire("after the storm", 1) < 0) report.faults.push_back("does not answer");
    report.done = std::to_string(calls) + " calls (" + std::to_string(ledger_->unasked / 1000000) +
                  " ms without), " + std::to_string(admitted) + " admitted, of a key " +
                  std::to_string(most) + " of at most " + std::to_string(bound);
    return report;
  }

 private:
  static constexpr int64_t kBreath =
      10'000;  // ns between two calls, at most, while the key is asked

  struct Ledger {
    // On a busy machine nobody may run for long: then nobody asks, and nothing is admitted.
    void ask(int64_t now) {
      const int64_t last = last_asked.exchange(now);
      if (now - last > kBreath) unasked.fetch_add(now - last);
    }
    std::atomic<int64_t> last_asked{system_clock()->now()}, unasked{0};  // times, ns
    std::array<Tally, kWorkers> tallies;
    std::array<std::atomic<int64_t>, kMostKeys> admitted{};
    std::array<std::atomic<int64_t>, kWorkers> latest{};  // admission's time, at the earliest
  };

  // In the time in which it was asked, nothing that the key could admit was lost, but for what it
  // has left, and that is not the whole within a period of an admission. An admission comes due a
  // period after another, and is made when the calls before it, a breath apart, have had theirs.
  void judge_exactly(Limiter& limiter, int64_t ns, int64_t admitted, int64_t kills,
                     Report& report) const {
    ledger_->ask(system_clock()->now());
    const double turns = static_cast<double>(ns - ledger_->unasked) /
                         static_cast<double>(limit_.period_ns + limit_.count * kBreath);
    const int64_t least =
        static_cast<int64_t>(turns * static_cast<double>(limit_.count)) - limit_.count - kills;
    if (admitted < least)
      report.faults.push_back("admitted " + std::to_string(admitted) + ", at least " +
                              std::to_string(least));
    const bool as_new = limiter.peek("key-0", limit_.count) <= 0;
    int64_t latest = 0;
    for (const auto& time : ledger_->latest) latest = std::max(latest, time.load());
    if (as_new && latest > system_clock()->now() - limit_.period_ns)
      report.faults.push_back("is as new");
  }

  std::unique_ptr<Limiter> make(const std::shared_ptr<Segment>& segment) const {
    Config config;
    config.set("policy", limit_.policy);
    config.set("rate", std::to_string(limit_.count) + "/" +
                           std::to_string(limit_.period_ns / 1'000'000) + "ms");
    config.set_int("keys", limit_.cells);
    return must(Limiter::create(config, system_clock(), Place(segment, name_)));
  }

  const std::string name_;
  const Limit limit_;
  Ledger* const ledger_;
};

}  // namespace

std::unique_ptr<Guest> token_bucket_guest() {
  return std::make_unique<LimiterGuest>("token bucket",
                                        Limit{"token_bucket", 5000, kSecond, 16, 1});
}
std::unique_ptr<Guest> sliding_window_guest() {
  return std::make_unique<LimiterGuest>("sliding window",
                                        Limit{"sliding_window", 500, kSecond / 4, 16, 1});
}
std::unique_ptr<Guest> crowded_limiter_guest() {
  return std::make_unique<LimiterGuest>("crowded limiter",
                                        Limit{"token_bucket", 1, kSecond / 5, 64, kMostKeys});
}

}  // namespace og::storm
