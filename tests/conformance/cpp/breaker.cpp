// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

class BreakerDriver : public Driver {
 public:
  explicit BreakerDriver(const Setup& setup) : breaker_(make_noun<CircuitBreaker>(setup)) {}

  json step(const json& step, std::int64_t) override {
    const std::string op = step.at("op");
    if (op == "enter") {
      auto permit = breaker_.enter();
      if (!permit) return "refused";
      permits_[step.value("as", "")] = permit.let_go();  // vectors return some of them twice
      return "permit";
    }
    if (op == "exit") return word(taken_up(step).exit(step.at("success").get<bool>()));
    if (op == "cancel") return word(taken_up(step).cancel());
    if (op == "state") {
      static const char* const kNames[] = {"closed", "open", "half_open", "forced_open",
                                           "forced_closed"};
      return kNames[static_cast<int>(breaker_.state())];
    }
    if (op == "retry_after") return breaker_.retry_after().count();
    if (op == "transitions") return breaker_.transitions();
    if (op == "force_open") return breaker_.force_open(), "ok";
    if (op == "force_closed") return breaker_.force_closed(), "ok";
    if (op == "reset") return breaker_.reset(), "ok";
    throw std::runtime_error("unknown op " + op);
  }

 private:
  CircuitBreaker::Permit taken_up(const json& step) {
    return breaker_.adopt(permits_.at(step.value("permit", "")));
  }

  CircuitBreaker breaker_;
  std::map<std::string, std::int64_t> permits_;
};

}  // namespace

std::unique_ptr<Driver> make_breaker_driver(const Setup& setup) {
  return std::make_unique<BreakerDriver>(setup);
}

}  // namespace outgrow::conformance
