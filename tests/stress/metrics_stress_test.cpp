// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>
#include <vector>

#include "core/observe/metrics.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Counted {
  std::atomic<int64_t> count{0};
  void collect(MetricSink& sink) const { sink.counter("counted_total", "C.", {}, count.load()); }
};

}  // namespace

TEST_CASE("eight threads add, remove, count and render") {
  auto metrics = std::move(*Metrics::create({}));
  constexpr int kThreads = 8, kEach = 200;
  std::atomic<int> bad{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::string name = "t" + std::to_string(thread);
      for (int i = 0; i < kEach; ++i) {
        auto counted = std::make_shared<Counted>();
        counted->count = i;
        if (!metrics->add("counted", name, counted)) ++bad;
        auto id = metrics->own().define(OwnSeries::Kind::kCounter, "all_total", "A.",
                                        i % 2 ? name : "shared");
        if (!id || metrics->own().increment(*id, 1) != Status::kOk) ++bad;
        if (i % 20 == 0) {
          std::string line = "counted_total{name=\"" + name + "\"} " + std::to_string(i) + "\n";
          if (metrics->render().find(line) == std::string::npos) ++bad;
        }
        if (metrics->remove(name) != 1) ++bad;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(bad == 0);
  std::string text = metrics->render();
  CHECK(text.find("all_total{name=\"shared\"} 800\n") != std::string::npos);
  CHECK(text.find("all_total{name=\"t7\"} 100\n") != std::string::npos);
  CHECK(text.find("counted_total") == std::string::npos);
}

}  // namespace og
