// SPDX-License-Identifier: Apache-2.0
#include "core/scale/metric_rules.h"

#include <algorithm>
#include <iterator>

#include "core/base/quantity.h"
#include "core/base/trimmed.h"

namespace og {
namespace {

constexpr const char* kKinds[] = {"utilization", "value",  "total", "concurrency",
                                  "backlog",     "health", "input"};
static_assert(std::size(kKinds) == static_cast<std::size_t>(MetricKind::kInput) + 1);

// What is before the mark, which is taken off with it.
std::string_view taken(std::string_view& rest, std::string_view marks) {
  const auto end = std::min(rest.find_first_of(marks), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

tl::unexpected<Error> bad(std::string_view metric, const std::string& what) {
  return fail(Status::kBadValue, "metrics: " + std::string(metric) + ": " + what, "metrics");
}

bool is_name(std::string_view name) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/";
  return !name.empty() && name.size() <= MetricRule::kLongestName &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

// A rule as it is read: whose arrivals are by name until all are known.
struct ParsedRule {
  MetricRule rule;
  std::string arrivals;
};

Result<double> amount(std::string_view metric, std::string_view key, std::string_view text,
                      bool time) {
  double value = 0;
  if (time) {
    const auto ns = parse_duration(text);
    if (!ns) return bad(metric, std::string(key) + ": " + ns.error().message);
    value = static_cast<double>(*ns) / 1e9;
  } else {
    const auto number = parse_double(text);
    if (!number) return bad(metric, std::string(key) + ": " + number.error().message);
    value = *number;
  }
  if (!(value >= 0 && value <= 1e15)) {
    return bad(metric, std::string(key) + " is " + std::string(text) + ", not 0 to 1e15");
  }
  return value;
}

Result<void> set(ParsedRule& one, std::string_view key, std::string_view text) {
  MetricRule& rule = one.rule;
  const bool backlog = rule.kind == MetricKind::kBacklog;
  if (key == "arrivals" && backlog) {
    one.arrivals = text;
    return {};
  }
  double* place = nullptr;
  if (rule.kind == MetricKind::kHealth) {
    place = key == "up" ? &rule.up : key == "down" ? &rule.down : nullptr;
  } else if (rule.demands()) {
    place = key == "target"               ? &rule.target
            : key == "service" && backlog ? &rule.service_s
                                          : nullptr;
  }
  if (!place) {
    return bad(rule.name, "a metric of kind " +
                              std::string(kKinds[static_cast<std::size_t>(rule.kind)]) +
                              " has no \"" + std::string(key) + "\"");
  }
  const auto value = amount(rule.name, key, text, backlog);
  if (!value) return tl::unexpected(value.error());
  *place = *value;
  return {};
}

Result<void> whole(const ParsedRule& one) {
  const MetricRule& rule = one.rule;
  if (rule.demands() && !(rule.target > 0)) return bad(rule.name, "it needs a target above 0");
  if (rule.kind == MetricKind::kBacklog && !(rule.service_s > 0)) {
    return bad(rule.name, "it needs service, what an item takes an instance");
  }
  if (rule.kind == MetricKind::kHealth && std::isnan(rule.up) && std::isnan(rule.down)) {
    return bad(rule.name, "it needs up or down, beyond which nothing shrinks");
  }
  return {};
}

Result<ParsedRule> parse_rule(std::string_view text) {
  std::string_view rest = text;
  ParsedRule one;
  MetricRule& rule = one.rule;
  const std::string_view name = trimmed(taken(rest, ":"));
  if (!is_name(name)) {
    return bad("\"" + std::string(name) + "\"",
               "a name has 1 to 31 letters, digits, _ . - or /, and a colon behind it");
  }
  rule.name = name;
  rest = trimmed(rest);
  const std::string_view kind = taken(rest, kWhitespace);
  const auto known = std::find(std::begin(kKinds), std::end(kKinds), kind);
  if (known == std::end(kKinds)) {
    return bad(name,
               "\"" + std::string(kind) +
                   "\" is no kind: utilization, value, total, concurrency, backlog, health, input");
  }
  rule.kind = static_cast<MetricKind>(known - std::begin(kKinds));
  for (rest = trimmed(rest); !rest.empty(); rest = trimmed(rest)) {
    std::string_view value = taken(rest, kWhitespace);
    const std::string_view key = taken(value, "=");
    if (auto done = set(one, key, value); !done) return tl::unexpected(done.error());
  }
  if (auto done = whole(one); !done) return tl::unexpected(done.error());
  for (std::size_t i = 0; i < kMetrics; ++i) {
    if (rule.name == metric_name(static_cast<Metric>(i))) rule.known = static_cast<Metric>(i);
  }
  return one;
}

}  // namespace

Result<std::vector<MetricRule>> parse_metric_rules(std::string_view text) {
  std::vector<ParsedRule> parsed;
  for (std::string_view rest = text; !trimmed(rest).empty();) {
    const std::string_view text_of_one = trimmed(taken(rest, ";"));
    if (text_of_one.empty()) continue;
    auto one = parse_rule(text_of_one);
    if (!one) return tl::unexpected(one.error());
    if (parsed.size() == MetricRule::kMost) return bad(one->rule.name, "16 are the most");
    parsed.push_back(std::move(*one));
  }
  const auto place = [&](std::string_view name) {
    return std::find_if(parsed.begin(), parsed.end(),
                        [&](const ParsedRule& each) { return each.rule.name == name; }) -
           parsed.begin();
  };
  std::vector<MetricRule> rules;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    MetricRule& rule = parsed[i].rule;
    if (static_cast<std::size_t>(place(rule.name)) != i) {
      return bad(rule.name, "it is there twice");
    }
    if (!parsed[i].arrivals.empty()) {
      rule.arrivals = static_cast<std::size_t>(place(parsed[i].arrivals));
      if (*rule.arrivals == parsed.size()) {
        return bad(rule.name, "arrivals=" + parsed[i].arrivals + " is no metric of this option");
      }
    }
    rules.push_back(rule);
  }
  return rules;
}

}  // namespace og
