// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/metrics.h>

#include <cstdint>
#include <outgrow/clock.hpp>

namespace outgrow {

// A series of the program's own, which a Metrics hands out and which must not outlive it. Copies
// are the same series. Its functions are hot: they allocate nothing and hold no lock.
class Series {
 public:
  Series(og_metrics* metrics, std::int32_t id) noexcept : metrics_(metrics), id_(id) {}

  std::int32_t id() const noexcept { return id_; }

 protected:
  og_metrics* metrics_;
  std::int32_t id_;
};

class Counter : public Series {
 public:
  using Series::Series;
  // By 0 or more.
  void increment(std::int64_t by = 1) const {
    detail::checked(og_metrics_increment(metrics_, id_, by), "og_metrics_increment");
  }
};

class Gauge : public Series {
 public:
  using Series::Series;
  void set(double value) const {
    detail::checked(og_metrics_set(metrics_, id_, value), "og_metrics_set");
  }
};

class Histogram : public Series {
 public:
  using Series::Series;
  void observe(Duration latency) const {
    detail::checked(og_metrics_observe(metrics_, id_, latency.count()), "og_metrics_observe");
  }
};

}  // namespace outgrow
