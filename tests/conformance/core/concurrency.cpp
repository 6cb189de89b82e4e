// SPDX-License-Identifier: Apache-2.0
// enter {as} -> "permit" | "full"; exit {permit} -> "ok" | "lapsed"; in_flight; limit; stat
// {which}.
#include "core/guard/concurrency.h"

#include <map>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class ConcurrencyDriver : public Driver {
 public:
  explicit ConcurrencyDriver(const Setup& setup)
      : limiter_(must(ConcurrencyLimiter::create(setup.config, setup.clock, setup.place))) {}

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    if (op == "enter") {
      int64_t permit = limiter_->enter();
      if (permit == static_cast<int64_t>(Status::kFull)) return "full";
      permits_[step.value("as", "")] = permit;
      return "permit";
    }
    if (op == "exit") {
      Status status = limiter_->exit(permits_.at(step.value("permit", "")));
      return status == Status::kOk ? "ok" : status == Status::kLapsed ? "lapsed" : "invalid";
    }
    if (op == "in_flight") return limiter_->in_flight();
    if (op == "limit") return limiter_->limit();
    if (op == "stat") return limiter_->stat(count(step.at("which")));
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static ConcurrencyLimiter::Count count(const std::string& which) {
    static const std::map<std::string, ConcurrencyLimiter::Count> kCounts{
        {"admitted", ConcurrencyLimiter::kAdmitted},
        {"refused", ConcurrencyLimiter::kRefused},
        {"lapsed", ConcurrencyLimiter::kLapsed},
        {"expired", ConcurrencyLimiter::kExpired},
        {"orphaned", ConcurrencyLimiter::kOrphaned}};
    return kCounts.at(which);
  }
  std::unique_ptr<ConcurrencyLimiter> limiter_;
  std::map<std::string, int64_t> permits_;
};

}  // namespace

std::unique_ptr<Driver> make_concurrency_driver(const Setup& setup) {
  return std::make_unique<ConcurrencyDriver>(setup);
}

}  // namespace og::conformance
