// SPDX-License-Identifier: Apache-2.0
#include "core/observe/publisher.h"

#include <pthread.h>

#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/fork_mutex.h"
#include "core/base/made_once.h"

namespace og {
namespace {

// Those that publish before a fork. It is told of one before the locks are that are taken for it
// (fork_aware.cpp): it asks nouns as any caller does. Who lives is looked up under the lock, which
// is then given up.
class ForkPublishers {
 public:
  static ForkPublishers& all();

  void join(std::weak_ptr<Publisher> publisher) {
    ForkLock lock(mutex_);
    std::erase_if(publishers_, [](const auto& each) { return each.expired(); });
    publishers_.push_back(std::move(publisher));
  }
  void publish() noexcept {
    try {
      for (const auto& publisher : living()) publisher->publish(SeriesTable::Waits::kNo);
    } catch (...) {  // no memory is left: the child publishes some of it again
    }
  }

 private:
  ForkPublishers() {
    pthread_atfork([] { all().publish(); }, nullptr, nullptr);
  }

  std::vector<std::shared_ptr<Publisher>> living() const {
    std::vector<std::shared_ptr<Publisher>> living;
    ForkLock lock(mutex_);
    for (const auto& each : publishers_) {
      if (auto publisher = each.lock()) living.push_back(std::move(publisher));
    }
    return living;
  }

  mutable ForkMutex mutex_;
  std::vector<std::weak_ptr<Publisher>> publishers_ OG_GUARDED_BY(mutex_);
};

constinit MadeOnce<ForkPublishers> g_publishers;

ForkPublishers& ForkPublishers::all() {
  return g_publishers.get([] { return new ForkPublishers; });
}

}  // namespace

std::shared_ptr<Publisher> Publisher::create(std::shared_ptr<const Sources> sources,
                                             CellMemory memory, int64_t series, int64_t every_ns) {
  std::shared_ptr<Publisher> made(
      new Publisher(std::move(sources), std::move(memory), series, every_ns));
  ForkPublishers::all().join(made);
  return made;
}

void Publisher::publish_when_due() {
  const int64_t now = monotonic_ns();
  if (now < due_.load(std::memory_order_relaxed)) return;
  due_.store(now + every_ns_, std::memory_order_relaxed);
  publish(SeriesTable::Waits::kNo);
}

// Another thread's samples may have been taken earlier than those it overtook. So where one was
// faster they are taken again; and after some tries what it has added is as good. Another process'
// change is waited for without a lock.
SampleSink Publisher::sample(SeriesTable::Waits waits) {
  constexpr int kMostTries = 64;
  for (int tries = 1;; ++tries) {
    const uint64_t rounds = sums_.rounds();
    SampleSink sink;
    sources_->collect(sink);
    const auto added = sums_.add(rounds, sink.samples());
    if (added == ProcessSums::Added::kAll || tries == kMostTries) return sink;
    if (added == ProcessSums::Added::kOvertaken) continue;
    if (waits == SeriesTable::Waits::kNo || !sums_.scope().change(nullptr)) return sink;
  }
}

void Publisher::show(PrometheusText& text) {
  const SampleSink own = sample(SeriesTable::Waits::kYes);
  for (const Sample& sample : own.samples()) {
    if (!sample.is_shared) continue;
    if (sample.kind == SeriesKind::kCounter)
      text.write_counter(sample.family, sample.help, sample.labels, sample.count);
    else if (sample.kind == SeriesKind::kHistogram)
      text.write_histogram(sample.family, sample.help, sample.labels, *sample.histogram);
    else
      text.write_gauge(sample.family, sample.help, sample.labels, sample.level);
  }
  sums_.show(text);
  text.gauge("outgrow_metrics_without_room",
             "Series of this process that the table of shared_series has no room for.", {},
             static_cast<double>(sums_.left_out()));
}

}  // namespace og
