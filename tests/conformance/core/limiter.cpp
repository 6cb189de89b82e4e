// SPDX-License-Identifier: Apache-2.0
// acquire {key, cost}, peek {key, cost} -> 0 | ns to wait | "never" | "invalid"
// detailed {key, cost} -> {wait, limit, remaining, reset_after}
// many {keys, costs} -> {passed, waits}
// stats -> {allowed, denied, crowded_out, keys}
// With "time": "given" in a step the _at form is called, which may be told an earlier time.
#include "core/limit/limiter.h"

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class LimiterDriver : public Driver {
 public:
  explicit LimiterDriver(const Setup& setup)
      : limiter_(must(Limiter::create(setup.config, setup.clock, setup.place))) {}

  json step(const json& step, int64_t now) override {
    const std::string op = step.at("op"), key = step.value("key", "");
    const int64_t cost = step.value("cost", 1);
    const bool given = step.value("time", "") == "given";
    if (op == "acquire") {
      return spell(given ? limiter_->acquire_at(key, cost, now) : limiter_->acquire(key, cost));
    }
    if (op == "peek") {
      return spell(given ? limiter_->peek_at(key, cost, now) : limiter_->peek(key, cost));
    }
    if (op == "detailed") {
      Standing standing;
      int64_t wait = given ? limiter_->acquire_detailed_at(key, cost, now, standing)
                           : limiter_->acquire_detailed(key, cost, standing);
      return {{"wait", spell(wait)},
              {"limit", standing.limit},
              {"remaining", standing.remaining},
              {"reset_after", standing.reset_after}};
    }
    if (op == "many") return many(step, given ? &now : nullptr);
    if (op == "stats") {
      return {{"allowed", limiter_->allowed()},
              {"denied", limiter_->denied()},
              {"crowded_out", limiter_->crowded_out()},
              {"keys", limiter_->keys_in_use()}};
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static json spell(int64_t wait) {
    if (wait == kNeverPasses) return "never";
    if (wait == static_cast<int64_t>(Status::kInvalidArgument)) return "invalid";
    return wait;
  }

  json many(const json& step, const int64_t* now) {
    std::vector<std::string> keys = step.at("keys");
    std::vector<int64_t> costs = step.value("costs", std::vector<int64_t>());
    std::vector<const void*> data;
    std::vector<int64_t> lens, waits(keys.size());
    for (const auto& key : keys) {
      data.push_back(key.data());
      lens.push_back(static_cast<int64_t>(key.size()));
    }
    Limiter::Batch batch{data.data(), lens.data(), costs.empty() ? nullptr : costs.data(),
                         static_cast<int64_t>(keys.size()), waits.data()};
    int64_t passed = now ? limiter_->acquire_many_at(batch, *now) : limiter_->acquire_many(batch);
    json spelled = json::array();
    for (int64_t wait : waits) spelled.push_back(spell(wait));
    return {{"passed", passed}, {"waits", spelled}};
  }

  std::unique_ptr<Limiter> limiter_;
};

}  // namespace

std::unique_ptr<Driver> make_limiter_driver(const Setup& setup) {
  return std::make_unique<LimiterDriver>(setup);
}

}  // namespace og::conformance
