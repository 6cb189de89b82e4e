// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

class ConcurrencyDriver : public Driver {
 public:
  explicit ConcurrencyDriver(const Setup& setup) : limiter_(make_noun<ConcurrencyLimiter>(setup)) {}

  json step(const json& step, std::int64_t) override {
    const std::string op = step.at("op");
    if (op == "enter") {
      auto permit = limiter_.enter();
      if (!permit) return "full";
      permits_[step.value("as", "")] = permit.let_go();  // vectors return some of them twice
      return "permit";
    }
    if (op == "exit") return word(limiter_.adopt(permits_.at(step.value("permit", ""))).exit());
    if (op == "in_flight") return limiter_.in_flight();
    if (op == "limit") return limiter_.limit();
    if (op == "stat") return limiter_.stat(count(step.at("which")));
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static ConcurrencyStat count(const std::string& which) {
    static const std::map<std::string, ConcurrencyStat> kCounts{
        {"admitted", ConcurrencyStat::admitted},
        {"refused", ConcurrencyStat::refused},
        {"lapsed", ConcurrencyStat::lapsed},
        {"expired", ConcurrencyStat::expired},
        {"orphaned", ConcurrencyStat::orphaned}};
    return kCounts.at(which);
  }

  ConcurrencyLimiter limiter_;
  std::map<std::string, std::int64_t> permits_;
};

}  // namespace

std::unique_ptr<Driver> make_concurrency_driver(const Setup& setup) {
  return std::make_unique<ConcurrencyDriver>(setup);
}

}  // namespace outgrow::conformance
