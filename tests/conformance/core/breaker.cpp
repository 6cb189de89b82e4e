// SPDX-License-Identifier: Apache-2.0
// enter {as} -> "permit" | "refused"; exit {permit, success} -> "ok" | "lapsed"; cancel {permit};
// state; retry_after -> ns; force_open, force_closed, reset; transitions.
#include "core/guard/breaker.h"

#include <map>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class BreakerDriver : public Driver {
 public:
  explicit BreakerDriver(const Setup& setup)
      : breaker_(must(Breaker::create(setup.config, setup.clock, setup.place))) {}

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    if (op == "enter") {
      int64_t permit = breaker_->enter();
      if (permit <= 0) return "refused";
      permits_[step.value("as", "")] = permit;
      return "permit";
    }
    if (op == "exit") return word(breaker_->exit(permit(step), step.at("success")));
    if (op == "cancel") return word(breaker_->cancel(permit(step)));
    if (op == "state") {
      static const char* kNames[] = {"closed", "open", "half_open", "forced_open", "forced_closed"};
      return kNames[static_cast<int>(breaker_->state())];
    }
    if (op == "retry_after") return breaker_->retry_after();
    if (op == "transitions") return breaker_->transitions();
    if (op == "force_open") return breaker_->force_open(), "ok";
    if (op == "force_closed") return breaker_->force_closed(), "ok";
    if (op == "reset") return breaker_->reset(), "ok";
    throw std::runtime_error("unknown op " + op);
  }

 private:
  int64_t permit(const json& step) const { return permits_.at(step.value("permit", "")); }
  static json word(Status status) {
    return status == Status::kOk ? "ok" : status == Status::kLapsed ? "lapsed" : "invalid";
  }
  std::unique_ptr<Breaker> breaker_;
  std::map<std::string, int64_t> permits_;
};

}  // namespace

std::unique_ptr<Driver> make_breaker_driver(const Setup& setup) {
  return std::make_unique<BreakerDriver>(setup);
}

}  // namespace og::conformance
