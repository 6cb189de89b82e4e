// SPDX-License-Identifier: Apache-2.0
// What processes count each for themselves, shown added up by whichever is asked.
#include <cmath>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/cache/cache.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"
#include "tests/shared_memory.h"

namespace og {
namespace {

using test::SegmentName;

// A noun that is this process's own.
struct Counts {
  std::atomic<int64_t> count{0};
  std::atomic<double> used{0}, state{0};
  std::atomic<bool> has_gauges{true};
  Histogram latency;
  void collect(MetricSink& sink) const {
    sink.counter("thing_total", "Things.", {{"kind", "a \"b\"\n"}}, count);
    sink.histogram("thing_seconds", "How long.", {}, latency);
    if (!has_gauges) return;
    sink.gauge("thing_used", "Used.", {}, used);
    sink.level("thing_state", "State.", {}, state);
  }
};

// A process with its registry in a segment, as a worker has it.
struct Worker {
  explicit Worker(const SegmentName& name, Config config = {}, int64_t bytes = 8 << 20)
      : scope(test::attach(name.settings(bytes))) {
    auto made = Metrics::create(config, Place(scope, "web"));
    if (!made) FAIL(made.error().message);
    metrics = std::move(*made);
    if (auto added = metrics->add("thing", "it", own); !added) FAIL(added.error().message);
  }
  std::shared_ptr<Segment> scope;
  std::shared_ptr<Counts> own = std::make_shared<Counts>();
  std::unique_ptr<Metrics> metrics;

  // The value of the series that begins so; NaN where there is none.
  double shown(const std::string& series) const {
    std::istringstream in(metrics->render());
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(series + ' ')) return std::stod(line.substr(series.size() + 1));
    }
    return std::nan("");
  }
};

const std::string kTotal = "thing_total{name=\"it\",kind=\"a \\\"b\\\"\\n\"}";
const std::string kUsed = "thing_used{name=\"it\"}", kState = "thing_state{name=\"it\"}";
const std::string kBelow = "thing_seconds_bucket{name=\"it\",le=\"0.001048576\"}";

Config config_of(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  Config config;
  for (const auto& [name, value] : pairs) config.set(name, value);
  return config;
}

}  // namespace

TEST_CASE("process sums: of two workers either shows what both counted, and who is killed counts") {
  SegmentName name;
  struct Steps {
    std::atomic<int> done, go;
  };
  auto* steps = test::make_shared_memory<Steps>();
  const pid_t killed = test::start([&] {
    Worker worker(name, config_of({{"publish_ms", "0"}}));
    worker.own->count = 5;
    worker.own->used = 10;
    worker.own->state = 2;
    worker.own->latency.record(1000);
    worker.metrics->publish();
    ++steps->done;
    while (steps->go < 1) usleep(1000);
    worker.own->count = 9;  // never published
    ++steps->done;
    for (;;) usleep(1000);
    return 0;
  });
  Worker one(name);
  REQUIRE(test::comes_true([&] { return steps->done == 1; }));
  one.own->count = 2;
  one.own->used = 1;
  one.own->state = 1;
  one.own->latency.record(1000);
  CHECK(one.shown(kTotal) == 7);
  CHECK(one.shown(kUsed) == 11);
  CHECK(one.shown(kState) == 2);  // the greatest
  CHECK(one.shown(kBelow) == 2);
  CHECK(one.shown("thing_seconds_count{name=\"it\"}") == 2);
  CHECK(one.shown("thing_seconds_sum{name=\"it\"}") == 2e-6);
  CHECK(one.shown(kTotal) == 7);  // what was added is not added again
  steps->go = 1;
  REQUIRE(test::comes_true([&] { return steps->done == 2; }));
  kill(killed, SIGKILL);
  CHECK(test::wait_for(killed) == -SIGKILL);
  CHECK(one.shown(kTotal) == 7);  // it keeps what it had published
  CHECK(one.shown(kUsed) == 1);   // and holds nothing
  CHECK(one.shown(kState) == 1);
  one.own->count = 3;
  CHECK(one.shown(kTotal) == 8);
  const pid_t next = test::start([&] {  // on the attachment of the one that was killed
    Worker worker(name);
    worker.own->count = 4;
    return std::isnan(worker.shown(kUsed)) ? 1 : worker.shown(kTotal) == 12 ? 0 : 2;
  });
  CHECK(test::wait_for(next) == 0);
  CHECK(one.shown(kTotal) == 12);
  CHECK(one.shown("outgrow_metrics_without_room") == 0);
}

TEST_CASE("process sums: what is destroyed has published, and a noun made anew goes on") {
  SegmentName name;
  Worker one(name);
  {
    Worker other(name);  // of this process too: registries of one process are as of two
    other.own->count = 4;
  }
  one.own->count = 3;
  CHECK(one.shown(kTotal) == 7);
  CHECK(one.metrics->remove("it") == 1);
  CHECK(one.shown(kTotal) == 7);
  CHECK(std::isnan(one.shown(kUsed)));
  auto anew = std::make_shared<Counts>();
  anew->count = 2;
  REQUIRE(one.metrics->add("thing", "it", anew));
  CHECK(one.shown(kTotal) == 9);
  CHECK(one.shown(kUsed) == 0);
  anew->has_gauges = false;
  CHECK(std::isnan(one.shown(kUsed)));
}

TEST_CASE("process sums: what lies in the scope is counted once, whoever shows it") {
  SegmentName name;
  Config config;
  config.set("rate", "3/s");
  config.set_int("keys", 16);
  Worker one(name), other(name);
  for (Worker* worker : {&one, &other}) {
    std::shared_ptr<Limiter> limiter =
        *Limiter::create(config, make_manual_clock(0), Place(worker->scope, "logins"));
    REQUIRE(worker->metrics->add("limiter", "logins", limiter));
    std::shared_ptr<Cache> cache = *Cache::create({}, make_manual_clock(0));
    REQUIRE(worker->metrics->add("cache", "rows", cache));
    CHECK(limiter->acquire("alice", 1) == 0);
    cache->get("a");
  }
  const std::string allowed =
      "outgrow_limiter_decisions_total{name=\"logins\",outcome=\"allowed\"}";
  const std::string misses = "outgrow_cache_lookups_total{name=\"rows\",result=\"miss\"}";
  other.metrics->render();
  for (const Worker* worker : {&one, &other}) {
    CHECK(worker->shown(allowed) == 2);
    CHECK(worker->shown(misses) == 2);
    CHECK(worker->shown("outgrow_metrics_left_out") == 0);
  }
}

TEST_CASE("process sums: what a parent counted before it forked is counted once") {
  SegmentName name;
  Worker parent(name);
  parent.own->count = 100;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(test::start([&] {
      parent.own->count += 10;
      parent.own->latency.record(1000);
      parent.metrics->render();
      return 0;
    }));
  }
  for (const pid_t child : children) CHECK(test::wait_for(child) == 0);
  CHECK(parent.shown(kTotal) == 140);
  CHECK(parent.shown(kBelow) == 4);
}

TEST_CASE("process sums: publish is done at most so often, and render always") {
  SegmentName name;
  Worker one(name, config_of({{"publish_ms", "1h"}})), other(name);
  one.own->count = 1;
  REQUIRE(one.metrics->publish() == Status::kOk);
  one.own->count = 2;
  REQUIRE(one.metrics->publish() == Status::kOk);
  CHECK(other.shown(kTotal) == 1);
  CHECK(one.shown(kTotal) == 2);
  CHECK(other.shown(kTotal) == 2);
}

TEST_CASE("process sums: what finds no room is not shown, and its number is") {
  SegmentName name;
  const Config few = config_of({{"shared_series", "2"}});
  Worker one(name, few), other(name, few);
  one.own->count = 1;
  CHECK(other.shown("outgrow_metrics_without_room") == 2);
  CHECK(one.shown(kTotal) == 1);
  CHECK(std::isnan(one.shown(kUsed)));
  CHECK(one.shown("outgrow_metrics_without_room") == 2);
}

TEST_CASE("process sums: a process that labels what is its own shows it by itself") {
  SegmentName name;
  Worker one(name, config_of({{"process", "1"}})), other(name, config_of({{"process", "2"}}));
  one.own->count = 1;
  other.own->count = 2;
  const std::string total = kTotal.substr(0, kTotal.size() - 1);
  CHECK(one.shown(total + ",process=\"1\"}") == 1);
  CHECK(other.shown(total + ",process=\"2\"}") == 2);
  auto id = one.metrics->own().define(OwnSeries::Kind::kCounter, "orders_total", "", "");
  REQUIRE(id);
  one.metrics->own().increment(*id, 3);
  CHECK(other.shown("orders_total") == 3);  // of all
}

TEST_CASE("process sums: cells of a release that had none are used without them") {
  SegmentName name;
  const auto scope = test::attach(name.settings(8 << 20));
  REQUIRE(scope->cells({CellKind::kMetrics, "web", "", {.own = OwnSeries::bytes_for(1024)}, {}}));
  Worker one(name);
  one.own->count = 1;
  CHECK(one.shown(kTotal) == 1);
  CHECK(std::isnan(one.shown("outgrow_metrics_without_room")));
}

// Whoever renders, whenever, sees no less than whoever did before; and at the end the sum is exact.
TEST_CASE("process sums: totals never step back while threads and processes count and show") {
  constexpr int kProcesses = 3, kThreads = 2, kRounds = 60;
  SegmentName name;
  auto* seen = test::make_shared_memory<std::atomic<int64_t>>();
  std::vector<pid_t> processes;
  for (int i = 0; i < kProcesses; ++i) {
    processes.push_back(test::start([&] {
      Worker worker(name, config_of({{"publish_ms", "0"}}));
      std::atomic<int> wrong{0};
      std::vector<std::thread> threads;
      for (int j = 0; j < kThreads; ++j) {
        threads.emplace_back([&] {
          for (int round = 0; round < kRounds; ++round) {
            ++worker.own->count;
            if (round % 3 == 0) worker.metrics->publish();
            const int64_t before = seen->load();
            const auto total = static_cast<int64_t>(worker.shown(kTotal));
            wrong += total < before || total > kProcesses * kThreads * kRounds;
            int64_t latest = seen->load();
            while (latest < total && !seen->compare_exchange_weak(latest, total)) {
            }
          }
        });
      }
      for (auto& thread : threads) thread.join();
      return wrong.load();
    }));
  }
  for (const pid_t process : processes) CHECK(test::wait_for(process) == 0);
  CHECK(Worker(name).shown(kTotal) == kProcesses * kThreads * kRounds);
}

}  // namespace og
