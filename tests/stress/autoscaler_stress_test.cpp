// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "core/scale/autoscaler.h"
#include "tests/catch.h"

namespace og {
namespace {

class NullSink final : public MetricSink {
 public:
  void counter(std::string_view name, std::string_view, Labels, int64_t value) override {
    if (name == "outgrow_autoscaler_decisions_total") decisions += value;
  }
  void gauge(std::string_view, std::string_view, Labels, double) override {}
  void histogram(std::string_view, std::string_view, Labels, const Histogram&) override {}
  int64_t decisions = 0;
};

}  // namespace

TEST_CASE("eight threads feed, decide and read; every decision is counted and follows the last") {
  constexpr int kThreads = 8, kRounds = 2000;
  Config config;
  config.set("predictor", "seasonal");
  config.set("warmup_ms", "1h");
  config.set("scale_down_cooldown_ms", "0");
  config.set("scale_down_window_ms", "0");
  config.set_int("initial_instances", 1);
  config.set_int("max_instances", 40);
  config.set_int("history", 1'000'000);
  auto clock = make_manual_clock(0);
  auto autoscaler = std::move(*Autoscaler::create(config, clock));
  std::atomic<int64_t> decided{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kRounds; ++i) {
        clock->advance(1'000'000'000);
        const double load = (i * 37 + thread * 11) % 100;
        autoscaler->observe({{load, 50, load * 100, load, 0}});
        if (i % 3 == 0) {
          const auto d = autoscaler->decide().value();
          if (d.desired < 1 || d.desired > 40) std::abort();
          ++decided;
        }
        if (i % 16 == 0) autoscaler->forecast();
        if (i % 64 == 0) {
          NullSink sink;
          autoscaler->collect(sink);
          autoscaler->history(autoscaler->history_end() - 1);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  NullSink sink;
  autoscaler->collect(sink);
  CHECK(sink.decisions == decided.load());
  // The count is a chain: each kept decision starts where the one before it ended.
  REQUIRE(autoscaler->history_end() > 100);
  for (int64_t i = 1; i < autoscaler->history_end(); ++i) {
    REQUIRE(autoscaler->history(i)->previous == autoscaler->history(i - 1)->desired);
  }
}

}  // namespace og
