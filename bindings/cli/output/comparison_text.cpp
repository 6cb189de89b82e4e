// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "bindings/cli/figures.h"
#include "bindings/cli/log/civil_time.h"
#include "bindings/cli/output/page.h"
#include "bindings/cli/output/text.h"

namespace og::cli {
namespace {

std::string row(const std::string& name, const std::string& first, const std::string& second) {
  std::string text = name;
  text.resize(std::max<std::size_t>(name.size() + 1, 28), ' ');
  return text + padded(first, 18) + padded(second, 18);
}

std::string config_of(const Summary& summary) {
  return summary.config.empty() ? "the defaults" : one_line(summary.config);
}

void options(const Comparison& both, Page& page) {
  page.topic("options");
  for (const DifferingOption& option : both.options)
    page.line(row(option.name, printable(option.first, 17), printable(option.second, 17)));
  if (both.options.empty()) page.line("the same in both");
}

void figures(const Comparison& both, Page& page) {
  const auto line = [&](const char* topic, const char* name, auto&& of) {
    page.topic(topic);
    page.line(row(name, of(both.first), of(both.second)));
  };
  using S = const Summary&;
  line("limiter", "denied", [](S s) { return with_commas(s.limiter.denied); });
  line("", "of the requests", [](S s) { return as_percent(share(s.limiter.denied, s.requests)); });
  line("", "clients denied", [](S s) { return with_commas(s.limiter.clients_denied); });
  line("balancer", "busiest, of its fair share",
       [](S s) { return fixed(s.balancer.imbalance, 3); });
  line("breaker", "refused while open", [](S s) { return with_commas(s.breaker.refused); });
  line("cache", "hits by request",
       [](S s) { return as_percent(share(s.cache.hits, s.cache.hits + s.cache.misses)); });
  line("", "hits by byte", [](S s) {
    return as_percent(share(s.cache.hit_bytes, s.cache.hit_bytes + s.cache.miss_bytes));
  });
  line("autoscaler", "instance-hours",
       [](S s) { return fixed(s.autoscaler.ways.ours.instance_hours, 1); });
  line("", "peak", [](S s) { return std::to_string(s.autoscaler.ways.ours.peak); });
  line("", "minutes overloaded",
       [](S s) { return fixed(s.autoscaler.ways.ours.overloaded_minutes, 0); });
}

void alone(const char* whose, const DeniedAlone& denied, Page& page) {
  page.line("by the " + std::string(whose) + " alone: " + some(denied.requests, "request") +
            " of " + some(denied.clients, "client"));
  const std::size_t shown = std::min<std::size_t>(5, denied.worst.size());
  const std::size_t width = width_of(denied.worst, shown);
  for (std::size_t i = 0; i < shown; ++i) {
    page.line("  " + named(denied.worst[i].name, width) +
              padded(with_commas(denied.worst[i].count), 9) + " denied");
  }
}

}  // namespace

std::string to_text(const Comparison& both) {
  const Summary& s = both.first;
  Page page;
  if (!s.title.empty()) {
    page.topic("replay");
    page.line(one_line(s.title));
    page.gap();
  }
  page.topic("traffic");
  page.line(some(s.requests, "request") + ", " + as_bytes(s.bytes) + ", " +
            some(s.left_out.malformed, "line") + " skipped");
  page.line(iso_8601(s.first_s, s.first_offset_s) + " to " + iso_8601(s.last_s, s.last_offset_s) +
            ", " + as_duration(s.last_s - s.first_s));
  page.gap();
  page.topic("compared");
  page.line("first:  " + config_of(s));
  page.line("second: " + config_of(both.second));
  page.gap();
  page.line(row("", "first", "second"));
  options(both, page);
  figures(both, page);
  page.gap();
  page.topic("denied");
  page.line("by both: " + some(both.denied_by_both, "request"));
  alone("first", both.by_first, page);
  alone("second", both.by_second, page);
  page.gap();
  page.topic("replayed");
  page.line("twice in " + fixed(s.elapsed_seconds, 2) + " s");
  return page.take();
}

}  // namespace og::cli
