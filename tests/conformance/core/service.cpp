// SPDX-License-Identifier: Apache-2.0
#include "service_driver.h"

namespace og::conformance {

// Where a call goes: a server's name, a node, or why there is none.
static json where_is(const ServiceDriver& driver, int64_t ticket) {
  if (ticket <= 0) return {{"server", "none"}, {"node", "none"}};
  const int32_t server = driver.service->server(ticket), node = driver.service->node(ticket);
  return {
      {"server", server < 0 ? word(static_cast<Status>(server)) : named(*driver.endpoints, server)},
      {"node", node < 0 ? word(static_cast<Status>(node)) : json(node)}};
}

json ServiceDriver::begin(const json& step, int64_t) {
  const std::string client = text(step, "client"), key = text(step, "key");
  const ServiceAnswer answer = service->begin({client, key, flag(step, "write")});
  json out = where_is(*this, answer.result);
  if (answer.result > 0) held[text(step, "as")] = answer.result;
  out["outcome"] = answer.result > 0    ? json("run")
                   : answer.result == 0 ? json("hit")
                                        : word(static_cast<Status>(answer.result));
  out["value"] = answer.value ? json(std::string(answer.value.bytes())) : json();
  out["wait_ms"] = answer.wait_ns / 1'000'000;
  return out;
}

json ServiceDriver::end(const json& step, int64_t) {
  using Keep = ServiceEnding::Keep;
  const std::string value = text(step, "value");
  ServiceEnding ending{.success = flag(step, "success", true)};
  if (step.contains("value")) ending.keep = Keep::kValue;
  if (flag(step, "absent")) ending.keep = Keep::kAbsence;
  if (step.contains("value")) ending.value = value;
  if (step.contains("ttl_ms")) ending.ttl_ns = ttl_in(step);
  return answer_stood(service->end(held_in(held, step, "call"), ending));
}

json ServiceDriver::where(const json& step, int64_t) {
  return where_is(*this, held_in(held, step, "call"));
}

json ServiceDriver::server(const json& step, int64_t) {
  static const std::vector<std::string> kStates{"closed", "open", "half_open", "forced_open",
                                                "forced_closed"};
  const int32_t index = endpoints->find(text(step, "name"));
  const Endpoint& endpoint = *endpoints->at(index);
  const auto breaker = service->breaker(index);
  return {{"breaker", breaker ? word_of(kStates, breaker->state()) : json()},
          {"in_flight", endpoint.in_flight.load()},
          {"calls", endpoint.counts.calls.load()},
          {"failures", endpoint.counts.failures.load()},
          {"picks", balancer->picks(index)}};
}

json ServiceDriver::node(const json& step, int64_t) {
  const int32_t node = step.at("node");
  return {{"in_flight", replicas->in_flight(node)}, {"reads", replicas->reads(node)}};
}

json ServiceDriver::count(const json& step, int64_t) {
  static const std::vector<std::string> kNames{
      "denied",  "no_server", "refused", "hits",          "absences",     "stale",     "waits",
      "no_node", "full",      "begun",   "successes",     "failures",     "cancelled", "expired",
      "lapsed",  "rerouted",  "fills",   "fills_refused", "invalidations"};
  if (text(step, "name") == "in_flight") return service->in_flight();
  return service->count(static_cast<ServiceCount>(value_of(kNames, step.at("name"))));
}

}  // namespace og::conformance
