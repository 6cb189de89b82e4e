// SPDX-License-Identifier: Apache-2.0
// Any calls, in any order and at any time, of the nouns that decide: limiters, breaker, concurrency
// limiter, balancer, replicas, autoscaler. What is answered is an outcome that there is.
#include <iterator>

#include "tests/fuzz/handles.h"

namespace og::fuzz {
namespace {

class Deciders {
 public:
  explicit Deciders(Input& input) : input_(input), clock_(input) {
    for (size_t i = 0; i < std::size(kLimits); ++i) {
      const auto& [policy, rate, room] = kLimits[i];
      must(og_limiter_create(ConfigOf({{"policy", policy}, {"rate", rate}, {room, "16"}}), clock_,
                             limiters_[i].out(), nullptr));
    }
    must(
        og_breaker_create(ConfigOf({{"failure_threshold", "2"}}), clock_, breaker_.out(), nullptr));
    must(og_concurrency_create(ConfigOf({{"limit", "3"}}), clock_, concurrency_.out(), nullptr));
    must(og_endpoints_create(ConfigOf({{"max_endpoints", "6"}}), endpoints_.out(), nullptr));
    const char* words[] = {"round_robin", "weighted_round_robin", "least_connections",
                           "consistent_hash"};
    for (int i = 0; i < 4; ++i) {
      must(og_balancer_create(
          ConfigOf({{"policy", words[i]}, {"tickets", "8"}, {"ring_points", "8"}}), endpoints_,
          clock_, balancers_[i].out(), nullptr));
    }
    must(og_replicas_create(ConfigOf({{"replicas", "3"}}), clock_, replicas_.out(), nullptr));
    const char* predictors[] = {"none", "seasonal", "pool"};
    const char* predictor = predictors[input.below(3)];
    must(og_autoscaler_create(ConfigOf({{"predictor", predictor}}), clock_, autoscaler_.out(),
                              nullptr));
  }

  void step() {
    const std::string_view key = input_.bytes(6);
    const auto size = static_cast<int64_t>(key.size());
    const int64_t now = clock_.given(input_);
    switch (input_.below(8)) {
      case 0:
        return clock_.move(input_);
      case 1:
        return limit(key.data(), size, now);
      case 2:
        return guard(now);
      case 3:
        return bound(now);
      case 4:
        return change_servers();
      case 5:
        return balance(key.data(), size, now);
      case 6:
        return replicate(now);
      default:
        return scale(now);
    }
  }

 private:
  static void wait_or_error(int64_t wait, int64_t now) {
    if (wait < 0 && !(wait == OG_INVALID_ARGUMENT || (wait == OG_DENIED && now >= 0))) std::abort();
  }

  void limit(const char* key, int64_t size, int64_t now) {
    og_limiter* limiter = limiters_[input_.below(std::size(kLimits))];
    const int64_t cost =
        input_.below(4) ? static_cast<int64_t>(input_.below(5)) : input_.number<int64_t>();
    wait_or_error(og_limiter_acquire_at(limiter, key, size, cost, now), now);
    wait_or_error(og_limiter_peek_at(limiter, key, size, cost, now), now);
    int64_t most = 0, left = 0, reset = 0;
    if (og_limiter_acquire_detailed_at(limiter, key, size, 1, now, &most, &left, &reset) >= 0 &&
        (left < 0 || left > most || reset < 0)) {
      std::abort();
    }
  }
  void guard(int64_t now) {
    switch (input_.below(6)) {
      case 0:
        permits_.keep(og_breaker_enter_at(breaker_, now));
        break;
      case 1:
        og_breaker_exit_at(breaker_, permits_.some(input_), input_.number<int8_t>() & 1, now);
        break;
      case 2:
        og_breaker_cancel_at(breaker_, permits_.some(input_), now);
        break;
      case 3:
        og_breaker_force_open(breaker_);
        break;
      case 4:
        og_breaker_force_closed(breaker_);
        break;
      default:
        og_breaker_reset(breaker_);
        break;
    }
    if (now >= 0 && og_breaker_retry_after_at(breaker_, now) < 0) std::abort();
  }
  void bound(int64_t now) {
    if (input_.below(2))
      entered_.keep(og_concurrency_enter_at(concurrency_, now));
    else
      og_concurrency_exit_at(concurrency_, entered_.some(input_), now);
    if (const int64_t in_flight = og_concurrency_in_flight(concurrency_);
        in_flight < 0 || in_flight > 3)
      std::abort();
  }
  void change_servers() {
    const char name[] = {static_cast<char>('a' + input_.below(9)), '\0'};
    const auto index = static_cast<int32_t>(input_.below(8));
    const int64_t weight =
        input_.below(3) ? static_cast<int64_t>(input_.below(9)) : input_.number<int64_t>();
    switch (input_.below(4)) {
      case 0:
        og_endpoints_put(endpoints_, name, weight, "", nullptr);
        break;
      case 1:
        og_endpoints_remove(endpoints_, index, nullptr);
        break;
      case 2:
        og_endpoints_set_weight(endpoints_, index, weight, nullptr);
        break;
      default:
        og_endpoints_set_healthy(endpoints_, index, input_.number<int8_t>() & 1, nullptr);
        break;
    }
  }
  void balance(const char* key, int64_t size, int64_t now) {
    const auto which = input_.below(4);
    og_balancer* balancer = balancers_[which];
    int32_t server = OG_NONE;
    switch (input_.below(4)) {
      case 0:
        server = og_balancer_pick_at(balancer, key, size, now);
        break;
      case 1:
        tickets_[which].keep(og_balancer_acquire_at(balancer, key, size, now, &server));
        break;
      case 2:
        og_balancer_release_at(balancer, tickets_[which].some(input_), 1, input_.number<int64_t>(),
                               now);
        break;
      default:
        og_balancer_cancel_at(balancer, tickets_[which].some(input_), now);
        break;
    }
    if (server >= 0 && og_endpoints_healthy(endpoints_, server) != 1) std::abort();
  }
  void replicate(int64_t now) {
    int32_t node = 0;
    switch (input_.below(4)) {
      case 0:
        nodes_.keep(og_replicas_acquire_at(replicas_, input_.number<int8_t>() & 1, now, &node));
        break;
      case 1:
        og_replicas_release_at(replicas_, nodes_.some(input_), 1, input_.number<int64_t>(), now);
        break;
      case 2:
        og_replicas_cancel_at(replicas_, nodes_.some(input_), now);
        break;
      default:
        og_replicas_set_healthy(replicas_, static_cast<int32_t>(input_.below(5)),
                                input_.number<int8_t>() & 1);
        break;
    }
  }
  void scale(int64_t now) {
    const auto metric = static_cast<int32_t>(input_.below(7));
    switch (input_.below(5)) {
      case 0:
        og_autoscaler_observe_metric_at(autoscaler_, metric, input_.number<double>(), now);
        break;
      case 1:
        og_autoscaler_observe_metric_at(autoscaler_, metric, input_.number<uint8_t>(), now);
        break;
      case 2:
        og_autoscaler_set_instances(autoscaler_, static_cast<int32_t>(input_.below(100)));
        break;
      case 3: {
        const int64_t at[] = {input_.time(), input_.number<int64_t>(), input_.time()};
        const double rates[] = {input_.number<double>(), 1000, input_.number<double>()};
        og_autoscaler_learn(autoscaler_, at, rates, 3);
        break;
      }
      default: {
        const int32_t count = og_autoscaler_decide_at(autoscaler_, now);
        if (count < 1 && count != OG_NONE && count != OG_INVALID_ARGUMENT) std::abort();
        break;
      }
    }
  }

  Input& input_;
  ManualClock clock_;
  struct Limit {
    const char* policy;
    const char* rate;
    const char* room;  // the option that sizes it
  };
  static constexpr Limit kLimits[] = {
      {"token_bucket", "3/s", "keys"},
      {"sliding_window", "3/s", "keys"},
      {"fixed_window", "3/s", "keys"},
      {"sliding_counter", "3/s", "keys"},
      {"warm_up", "3/s", "keys"},
      {"count_min", "3/s", "sketch_width"},
      {"calendar_window", "3/month", "keys"},
  };
  Held<og_limiter, og_limiter_destroy> limiters_[std::size(kLimits)];
  Held<og_breaker, og_breaker_destroy> breaker_;
  Held<og_concurrency, og_concurrency_destroy> concurrency_;
  Held<og_endpoints, og_endpoints_destroy> endpoints_;
  Held<og_balancer, og_balancer_destroy> balancers_[4];
  Held<og_replicas, og_replicas_destroy> replicas_;
  Held<og_autoscaler, og_autoscaler_destroy> autoscaler_;
  Claims permits_, entered_, tickets_[4], nodes_;
};

}  // namespace
}  // namespace og::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  og::fuzz::Input input(data, size);
  og::fuzz::Deciders deciders(input);
  for (int i = 0; i < 500 && !input.ended(); ++i) deciders.step();
  return 0;
}
