// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/fleet_figures.h"

#include "core/base/json_list.h"
#include "core/fleet/link.h"
#include "core/fleet/server_facts.h"

namespace og {
namespace {

const char* word_of(FleetLink::State state) {
  switch (state) {
    case FleetLink::State::kNew:
      return "new";
    case FleetLink::State::kAsking:
      return "asking";
    case FleetLink::State::kUp:
      return "up";
    case FleetLink::State::kApart:
      return "apart";
  }
  return "unknown";
}

}  // namespace

std::string fleet_status(std::string_view fleet, const FleetRecord& record,
                         std::string_view agent) {
  using R = FleetRecord;
  const auto state = static_cast<FleetLink::State>(record.figure(R::kState));
  const bool is_apart = state == FleetLink::State::kApart;
  JsonList out;
  out.add("fleet", json_quoted(fleet));
  out.add("machine", json_quoted(record.machine()));
  out.add("agent", json_quoted(agent.empty() ? "none" : agent));
  out.add("state", json_quoted(agent.empty() ? "new" : word_of(state)));
  out.add("why", json_quoted(is_apart ? record.why() : ""));
  out.add("server", json_quoted(record.server()));
  out.add("advice", json_quoted(ServerFacts::advice_on_eviction(record.eviction())));
  out.add("machines", record.figure(R::kMachines));
  out.add("round_trip_ns", record.figure(R::kRoundTrip));
  out.add("sent", record.figure(R::kSent));
  out.add("answered", record.figure(R::kAnswered));
  out.add("refused", record.figure(R::kRefused));
  out.add("not_sent", record.figure(R::kNotSent));
  out.add("unknown", record.figure(R::kUnknown));
  out.add("late", record.figure(R::kLate));
  out.add("parted", record.figure(R::kParted));
  out.add("scripts_sent", record.figure(R::kTexts));
  out.add("servers", record.figure(R::kServers));
  out.add("granted", record.figure(R::kGranted));
  out.add("lost", record.figure(R::kLost));
  out.add("granted_apart", record.figure(R::kGrantedApart));
  out.add("elections", record.figure(R::kElections));
  return out.object();
}

void collect_fleet(const FleetRecord& record, MetricSink& sink) {
  using R = FleetRecord;
  sink.gauge("outgrow_fleet_up", "Whether the fleet's server answers this machine.", {},
             record.figure(R::kState) == static_cast<int64_t>(FleetLink::State::kUp));
  sink.gauge("outgrow_fleet_machines", "Machines in the fleet, as this one last heard.", {},
             static_cast<double>(record.figure(R::kMachines)));
  sink.gauge("outgrow_fleet_round_trip_seconds", "A moving average.", {},
             static_cast<double>(record.figure(R::kRoundTrip)) / 1e9);
  constexpr const char* kCommands = "outgrow_fleet_commands_total";
  constexpr const char* kHelp = "Commands to the fleet's server, by how they ended.";
  const auto ended = [&](const char* how, R::Figure figure) {
    sink.counter(kCommands, kHelp, {{"outcome", how}}, record.figure(figure));
  };
  ended("answered", R::kAnswered);
  ended("refused", R::kRefused);
  ended("not_sent", R::kNotSent);
  ended("unknown", R::kUnknown);
  sink.counter("outgrow_fleet_outages_total", "Times that the server could not be asked any more.",
               {}, record.figure(R::kParted));
  sink.counter("outgrow_fleet_elections_total", "Times that a process became this machine's agent.",
               {}, record.figure(R::kElections));
  constexpr const char* kBreakers = "outgrow_fleet_breaker_changes_total";
  constexpr const char* kBreakersHelp =
      "Times that this machine heard of a breaker of the fleet's that it had opened or closed.";
  sink.counter(kBreakers, kBreakersHelp, {{"to", "open"}}, record.figure(R::kBreakersOpened));
  sink.counter(kBreakers, kBreakersHelp, {{"to", "closed"}}, record.figure(R::kBreakersClosed));
  constexpr const char* kEndpoints = "outgrow_fleet_endpoint_words_total";
  constexpr const char* kEndpointsHelp =
      "What this machine told the fleet of endpoints, or heard from it, those heard again "
      "included.";
  sink.counter(kEndpoints, kEndpointsHelp, {{"way", "told"}}, record.figure(R::kEndpointsTold));
  sink.counter(kEndpoints, kEndpointsHelp, {{"way", "heard"}}, record.figure(R::kEndpointsHeard));
  constexpr const char* kTokens = "outgrow_fleet_tokens_total";
  constexpr const char* kTokensHelp =
      "Tokens that this machine was granted: by the server, by the server but too late, or by "
      "itself while it could not ask.";
  sink.counter(kTokens, kTokensHelp, {{"grant", "server"}}, record.figure(R::kGranted));
  sink.counter(kTokens, kTokensHelp, {{"grant", "lost"}}, record.figure(R::kLost));
  sink.counter(kTokens, kTokensHelp, {{"grant", "outage"}}, record.figure(R::kGrantedApart));
}

}  // namespace og
