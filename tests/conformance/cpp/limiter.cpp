// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

json spell(Admission admission) {
  if (admission.retry_after() == kNever) return "never";
  return admission.retry_after().count();
}

class LimiterDriver : public Driver {
 public:
  explicit LimiterDriver(const Setup& setup) : limiter_(make_noun<RateLimiter>(setup)) {}

  json step(const json& step, std::int64_t now_ns) override {
    return answer([&] { return answer_to(step, time_of(now_ns)); });
  }

 private:
  json answer_to(const json& step, Time now) {
    const std::string op = step.at("op"), key = step.value("key", "");
    const std::int64_t cost = step.value("cost", 1);
    const bool given = step.value("time", "") == "given";
    if (op == "acquire") {
      return spell(given ? limiter_.acquire_at(key, cost, now) : limiter_.acquire(key, cost));
    }
    if (op == "peek") {
      return spell(given ? limiter_.peek_at(key, cost, now) : limiter_.peek(key, cost));
    }
    if (op == "detailed") {
      DetailedAdmission seen = given ? limiter_.acquire_detailed_at(key, cost, now)
                                     : limiter_.acquire_detailed(key, cost);
      return {{"wait", spell(seen.admission)},
              {"limit", seen.limit},
              {"remaining", seen.remaining},
              {"reset_after", seen.reset_after.count()}};
    }
    if (op == "many") return many(step, given, now);
    if (op == "stats") {
      return {{"allowed", limiter_.stat(LimiterStat::allowed)},
              {"denied", limiter_.stat(LimiterStat::denied)},
              {"crowded_out", limiter_.stat(LimiterStat::crowded_out)},
              {"keys", limiter_.stat(LimiterStat::keys)}};
    }
    throw std::runtime_error("unknown op " + op);
  }

  json many(const json& step, bool given, Time now) {
    auto names = step.at("keys").get<std::vector<std::string>>();
    auto costs = step.value("costs", std::vector<std::int64_t>());
    Keys keys(names);
    Admissions out;
    std::int64_t passed = given ? limiter_.acquire_many_at(keys, now, out, costs)
                                : limiter_.acquire_many(keys, out, costs);
    json waits = json::array();
    for (std::size_t i = 0; i < out.size(); ++i) {
      waits.push_back(answer([&] { return spell(out[i]); }));
    }
    return {{"passed", passed}, {"waits", waits}};
  }

  RateLimiter limiter_;
};

}  // namespace

std::unique_ptr<Driver> make_limiter_driver(const Setup& setup) {
  return std::make_unique<LimiterDriver>(setup);
}

}  // namespace outgrow::conformance
