// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace og {

class Histogram;

// Where a noun puts its numbers when asked: `void collect(MetricSink&) const`. Names follow the
// Prometheus conventions (base units, `_total` on counters) and carry the noun:
// "outgrow_limiter_decisions_total". The registry adds the label `name` for the instance; nouns
// leave that one and `le` alone. Names and help are the same at every call, label values any bytes.
class MetricSink {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  virtual ~MetricSink() = default;
  virtual void counter(std::string_view name, std::string_view help, Labels labels,
                       int64_t value) = 0;
  virtual void gauge(std::string_view name, std::string_view help, Labels labels, double value) = 0;
  // A gauge of which several processes' values show as the greatest, not as their sum: a state, a
  // bound, an age.
  virtual void level(std::string_view name, std::string_view help, Labels labels, double value) {
    gauge(name, help, labels, value);
  }
  // Recorded in nanoseconds, shown in seconds.
  virtual void histogram(std::string_view name, std::string_view help, Labels labels,
                         const Histogram& value) = 0;

  // A label on every series that the sink is given while this lives, before the series' own:
  // a noun made of others of one kind tells them apart by it.
  class Scope {
   public:
    Scope(MetricSink& sink, std::string_view label, std::string_view value) : sink_(sink) {
      sink_.scope_.emplace_back(label, value);
    }
    ~Scope() { sink_.scope_.pop_back(); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    MetricSink& sink_;
  };

  // Where `is`, what the sink is given while this lives is counted by all processes together: each
  // that shares the noun gives the same.
  class Shared {
   public:
    explicit Shared(MetricSink& sink, bool is = true) : sink_(sink), is_(is) {
      sink_.shared_ += is_;
    }
    ~Shared() { sink_.shared_ -= is_; }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

   private:
    MetricSink& sink_;
    const bool is_;
  };

 protected:
  bool is_shared() const noexcept { return shared_ > 0; }

  std::vector<std::pair<std::string, std::string>> scope_;

 private:
  int shared_ = 0;
};

}  // namespace og
