// SPDX-License-Identifier: Apache-2.0
#include "service_driver.h"

namespace outgrow::conformance {

// Where a call goes: a server's name, a node, or why there is none.
static json where_is(const ServiceDriver& driver, const ServiceCall& call) {
  const std::int32_t server = call.server(), node = call.node();
  return {
      {"server", server < 0 ? word(static_cast<Status>(server)) : named(driver.endpoints, server)},
      {"node", node < 0 ? word(static_cast<Status>(node)) : json(node)}};
}

json ServiceDriver::begin(const json& step, std::int64_t) {
  ServiceCall call = service.begin(flag(step, "write") ? Operation::write : Operation::read,
                                   text(step, "client"), text(step, "key"));
  json out = {{"server", "none"}, {"node", "none"}};
  if (call) out = where_is(*this, call);
  out["outcome"] = call                          ? json("run")
                   : call.status() == Status::ok ? json("hit")
                                                 : word(call.status());
  out["value"] = or_null(call.value());
  out["wait_ms"] = whole_ms(call.wait());
  if (call) held[text(step, "as")] = call.let_go();  // vectors end some of them twice
  return out;
}

json ServiceDriver::end(const json& step, std::int64_t) {
  const Duration ttl = ms_of(step, "ttl_ms", kDefaultTtl);
  const std::string value = text(step, "value");
  const Keep keep = flag(step, "absent")     ? Keep::absence(ttl)
                    : step.contains("value") ? Keep::value(value, ttl)
                                             : Keep::nothing();
  return answer([&] {
    return word(service.adopt(held_in(held, step, "call")).end(flag(step, "success", true), keep));
  });
}

json ServiceDriver::where(const json& step, std::int64_t) {
  return answer([&] {
    ServiceCall call = service.adopt(held_in(held, step, "call"));
    const json place = where_is(*this, call);
    call.let_go();
    return place;
  });
}

json ServiceDriver::server(const json& step, std::int64_t) {
  static const Words<BreakerState> kStates{{"closed", BreakerState::closed},
                                           {"open", BreakerState::open},
                                           {"half_open", BreakerState::half_open},
                                           {"forced_open", BreakerState::forced_open},
                                           {"forced_closed", BreakerState::forced_closed}};
  const std::int32_t index = endpoints.find(text(step, "name")).value_or(OG_NONE);
  const CircuitBreaker breaker = service.breaker(index);
  return {{"breaker", breaker ? word_of(kStates, breaker.state()) : json()},
          {"in_flight", endpoints.in_flight(index)},
          {"calls", endpoints.calls(index)},
          {"failures", endpoints.failures(index)},
          {"picks", balancer.picks(index)}};
}

json ServiceDriver::node(const json& step, std::int64_t) {
  const std::int32_t node = step.at("node");
  return {{"in_flight", replicas.in_flight(node)}, {"reads", replicas.reads(node)}};
}

}  // namespace outgrow::conformance
