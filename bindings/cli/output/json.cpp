// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/output/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "bindings/cli/figures.h"
#include "bindings/cli/log/civil_time.h"

namespace og::cli {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double number, double to = 1e6) {
  return std::fabs(number) < 1e15 ? std::round(number * to) / to : number;
}

Json by_name(const std::vector<NamedCount>& counts) {
  Json object = Json::object();
  for (const NamedCount& item : counts) object[item.name] = item.count;
  return object;
}

Json provisioning(const Provisioning& result) {
  const ElasticityFigures& elastic = result.elasticity;
  return {{"instance_hours", rounded(result.instance_hours)},
          {"overloaded_minutes", rounded(result.overloaded_minutes)},
          {"peak", result.peak},
          {"utilization_percent", rounded(result.utilization_percent)},
          {"lost_percent", rounded(result.lost_percent)},
          {"elasticity",
           {{"under_time_percent", rounded(elastic.under_time)},
            {"under_amount_percent", rounded(elastic.under_amount)},
            {"over_time_percent", rounded(elastic.over_time)},
            {"over_amount_percent", rounded(elastic.over_amount)},
            {"instability_percent", rounded(elastic.instability)},
            {"changes", elastic.changes},
            {"reversals", elastic.reversals}}}};
}

Json ways(const Ways& all) {
  Json constants = Json::array();
  for (const Provisioning& constant : all.constants) constants.push_back(provisioning(constant));
  return {{"autoscaler", provisioning(all.ours)}, {"clairvoyant", provisioning(all.foresight)},
          {"hpa", provisioning(all.hpa)},         {"step_rule", provisioning(all.step_rule)},
          {"fixed", provisioning(all.fixed)},     {"constants", std::move(constants)}};
}

Json autoscaler(const Summary& summary) {
  const auto& scaled = summary.autoscaler;
  const int32_t offset = summary.first_offset_s;
  Json changes = Json::array();
  for (const ScaleChange& change : scaled.changes) {
    changes.push_back({{"at", iso_8601(change.epoch_s, offset)},
                       {"from", change.from},
                       {"to", change.to},
                       {"reason", change.reason},
                       {"metric", change.metric},
                       {"text", change.text}});
  }
  return {{"policy", scaled.policy},
          {"predictor", scaled.predictor},
          {"growth", rounded(scaled.growth)},
          {"evaluations", scaled.evaluations},
          {"decisions", scaled.decisions},
          {"peak", scaled.ways.ours.peak},
          {"instance_hours", rounded(scaled.ways.ours.instance_hours)},
          {"overloaded_minutes", rounded(scaled.ways.ours.overloaded_minutes)},
          {"fixed", provisioning(scaled.ways.fixed)},
          {"step_rule", provisioning(scaled.ways.step_rule)},
          {"superposed", ways(scaled.ways)},
          {"copied", ways(scaled.copied)},
          {"reasons", by_name(scaled.reasons)},
          {"changes", std::move(changes)}};
}

Json lines(const std::vector<LineLeftOut>& left_out) {
  Json array = Json::array();
  for (const LineLeftOut& line : left_out) {
    array.push_back(
        {{"log", line.log}, {"line", line.line_number}, {"why", line.why}, {"start", line.start}});
  }
  return array;
}

Json clients_denied(const std::vector<WorstNames::Name>& clients) {
  Json worst = Json::array();
  for (const auto& client : clients)
    worst.push_back({{"client", client.name}, {"denied", client.count}});
  return worst;
}

Json object_of(const Summary& summary) {
  const auto& cache = summary.cache;
  Json json;
  json["requests"] = summary.requests;
  json["formats"] = Json::array();
  for (const NamedText& log : summary.formats) {
    json["formats"].push_back({{"log", log.name}, {"format", log.text}});
  }
  json["skipped"] = summary.left_out.malformed;
  json["malformed"] = lines(summary.left_out.malformed_lines);
  json["out_of_time"] = summary.left_out.out_of_time;
  json["out_of_time_lines"] = lines(summary.left_out.out_of_time_lines);
  json["warnings"] = summary.left_out.warnings;
  json["first"] = iso_8601(summary.first_s, summary.first_offset_s);
  json["last"] = iso_8601(summary.last_s, summary.last_offset_s);
  json["out_of_order"] = summary.out_of_order;
  json["bytes"] = summary.bytes;
  json["server_errors"] = summary.server_errors;
  json["clients"] = summary.clients;
  json["clients_exact"] = summary.clients_exact;
  json["urls"] = summary.urls;
  json["urls_exact"] = summary.urls_exact;
  json["durations"] = {
      {"logged", summary.durations},
      {"mean_ms", rounded(summary.duration_ms /
                          static_cast<double>(std::max<int64_t>(1, summary.durations)))}};
  json["limiter"] = {{"allowed", summary.limiter.allowed},
                     {"denied", summary.limiter.denied},
                     {"clients_denied", summary.limiter.clients_denied},
                     {"worst_exact", summary.limiter.worst_exact},
                     {"worst", clients_denied(summary.limiter.worst)}};
  json["balancer"] = {{"policy", summary.balancer.policy},
                      {"picks", by_name(summary.balancer.picks)},
                      {"imbalance", rounded(summary.balancer.imbalance)},
                      {"unplaced", summary.balancer.unplaced}};
  json["breaker"] = {{"transitions", summary.breaker.transitions},
                     {"refused", summary.breaker.refused},
                     {"failures", summary.breaker.failures},
                     {"by_server", by_name(summary.breaker.by_server)}};
  json["cache"] = {
      {"hits", cache.hits},
      {"misses", cache.misses},
      {"hit_ratio", rounded(share(cache.hits, cache.hits + cache.misses))},
      {"hit_bytes", cache.hit_bytes},
      {"miss_bytes", cache.miss_bytes},
      {"byte_hit_ratio", rounded(share(cache.hit_bytes, cache.hit_bytes + cache.miss_bytes))},
      {"evictions", cache.evictions},
      {"expirations", cache.expirations},
      {"invalidations", cache.invalidations},
      {"entries", cache.entries},
      {"entry_bytes", cache.entry_bytes}};
  json["store"] = {{"kind", summary.store.kind},
                   {"reads", by_name(summary.store.reads)},
                   {"unrouted", summary.store.unrouted},
                   {"writes", summary.store.writes},
                   {"documents", summary.store.documents}};
  json["autoscaler"] = autoscaler(summary);
  json["elapsed_seconds"] = rounded(summary.elapsed_seconds);
  json["requests_per_second"] =
      std::round(static_cast<double>(summary.requests) / std::max(1e-9, summary.elapsed_seconds));
  return json;
}

// Neighbouring slices together, so that a chart has a bounded number of points.
Json charts(const Summary& summary) {
  const auto& slices = summary.timeline.slices();
  const auto& course = summary.autoscaler.course;
  const auto minute =
      static_cast<std::size_t>(std::max<int64_t>(1, 60 / summary.timeline.width_s()));
  const std::size_t most = kChartPoints * minute;
  const std::size_t group = minute * ((slices.size() + most - 1) / most);
  const double minutes =
      static_cast<double>(group) * static_cast<double>(summary.timeline.width_s()) / 60;
  Json requests = Json::array(), denied = Json::array();
  Json hits = Json::array(), lookups = Json::array();
  Json refused = Json::array(), hit_bytes = Json::array(), lookup_bytes = Json::array();
  Json load = Json::array(), instances = Json::array(), step_rule = Json::array();
  Json hpa = Json::array();
  Json overloaded = Json::array();
  for (std::size_t at = 0; at < slices.size(); at += group) {
    Slice all;
    double most_load = 0;
    int32_t ours = 0;
    int32_t step = 0;
    int32_t kubernetes = 0;
    int32_t over = 0;
    for (std::size_t i = at; i < std::min(at + group, slices.size()); ++i) {
      all += slices[i];
      most_load = std::max(most_load, course[i].load);
      ours = std::max(ours, course[i].instances);
      step = std::max(step, course[i].step_rule);
      kubernetes = std::max(kubernetes, course[i].hpa);
      over += course[i].overloaded ? 1 : 0;
    }
    requests.push_back(rounded(all.requests / minutes, 1e2));
    denied.push_back(rounded(all.denied / minutes, 1e2));
    refused.push_back(rounded((all.requests - all.denied - all.served) / minutes, 1e2));
    hits.push_back(all.hits);
    lookups.push_back(all.lookups);
    hit_bytes.push_back(all.hit_bytes);
    lookup_bytes.push_back(all.lookup_bytes);
    load.push_back(rounded(most_load, 1e3));
    instances.push_back(ours);
    step_rule.push_back(step);
    hpa.push_back(kubernetes);
    overloaded.push_back(over);
  }
  return {{"start_s", summary.timeline.start_s() + summary.first_offset_s},  // local wall time
          {"step_s", minutes * 60},
          {"requests", std::move(requests)},
          {"denied", std::move(denied)},
          {"refused", std::move(refused)},
          {"hits", std::move(hits)},
          {"lookups", std::move(lookups)},
          {"hit_bytes", std::move(hit_bytes)},
          {"lookup_bytes", std::move(lookup_bytes)},
          {"load", std::move(load)},
          {"instances", std::move(instances)},
          {"step_rule", std::move(step_rule)},
          {"hpa", std::move(hpa)},
          {"overloaded", std::move(overloaded)}};
}

std::string dump(const Json& json, int indent) {
  // In ASCII: names from a log may hold control characters beyond it that a terminal obeys.
  return json.dump(indent, ' ', true, Json::error_handler_t::replace);
}

// On one line, with every '<' escaped.
std::string in_script(const Json& json) {
  std::string text = dump(json, -1);
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
    text.replace(at, 1, "\\u003c");
  }
  return text;
}

Json report_data(const Summary& summary) {
  Json json = object_of(summary);
  json["title"] = summary.title;
  json["logs"] = summary.logs;
  json["config"] = summary.config;
  for (const NamedText& option : summary.options) json["options"][option.name] = option.text;
  for (std::size_t i = 0; i < summary.balancer.picks.size(); ++i) {
    json["weights"][summary.balancer.picks[i].name] = summary.balancer.weights[i];
  }
  json["charts"] = charts(summary);
  return json;
}

Json alone(const DeniedAlone& denied) {
  return {{"requests", denied.requests},
          {"clients", denied.clients},
          {"worst_exact", denied.worst_exact},
          {"worst", clients_denied(denied.worst)}};
}

Json compared(const Comparison& comparison) {
  Json options = Json::object();
  for (const DifferingOption& option : comparison.options)
    options[option.name] = {{"first", option.first}, {"second", option.second}};
  return {{"options", std::move(options)},
          {"denied_by_both", comparison.denied_by_both},
          {"denied_by_first_alone", alone(comparison.by_first)},
          {"denied_by_second_alone", alone(comparison.by_second)}};
}

}  // namespace

std::string to_json(const Summary& summary) { return dump(object_of(summary), 2) + "\n"; }

std::string to_json(const Comparison& comparison) {
  const Json json = {{"first", object_of(comparison.first)},
                     {"second", object_of(comparison.second)},
                     {"compared", compared(comparison)}};
  return dump(json, 2) + "\n";
}

std::string to_json(const Recommendation& advice) {
  Json options = Json::object();
  for (const NounOption& option : advice.options) options[option.key] = option.value;
  const auto part = [&](int64_t seconds, Provisioning TwoParts::* bill) {
    return Json{{"seconds", seconds},
                {"configured", provisioning(advice.configured.*bill)},
                {"recommended", provisioning(advice.recommended.*bill)}};
  };
  Json first = part(advice.first_s, &TwoParts::first);
  first["allowed_minutes"] = rounded(advice.allowed_first);
  const Json json = {{"autoscaler", std::move(options)},
                     {"overloaded_minutes", rounded(advice.overloaded_minutes)},
                     {"growth", rounded(advice.growth)},
                     {"settings_tried", advice.settings},
                     {"met", advice.met},
                     {"first", std::move(first)},
                     {"rest", part(advice.rest_s, &TwoParts::rest)}};
  return dump(json, 2) + "\n";
}

std::string to_report_data(const Summary& summary) { return in_script(report_data(summary)); }

std::string to_report_data(const Comparison& comparison) {
  Json json = report_data(comparison.first);
  json["compared"] = report_data(comparison.second);
  json["compared"]["beside"] = compared(comparison);
  return in_script(json);
}

}  // namespace og::cli
