// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/output/text.h"

#include <algorithm>
#include <cmath>

#include "bindings/cli/failure.h"
#include "bindings/cli/figures.h"
#include "bindings/cli/log/civil_time.h"
#include "bindings/cli/output/page.h"

namespace og::cli {
namespace {

std::string about(int64_t count, bool exact, const std::string& noun) {
  return (exact ? "" : "about ") + some(count, noun);
}

// "replica-1 17,711, replica-2 17,711", the first four.
std::string counted(const std::vector<NamedCount>& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size() && i < 4; ++i) {
    text +=
        (i == 0 ? "" : ", ") + printable(counts[i].name, 16) + " " + with_commas(counts[i].count);
  }
  return counts.size() > 4 ? text + " ..." : text;
}

// "Caddy's JSON", "JSON (2 logs), AWS load balancer format (1 log)"
std::string formats_of(const Summary& s) {
  std::vector<NamedCount> counts;
  for (const NamedText& log : s.formats) {
    const std::string name = log.text.empty() ? "nothing" : log.text;
    const auto found = std::find_if(counts.begin(), counts.end(),
                                    [&](const NamedCount& count) { return count.name == name; });
    if (found == counts.end()) {
      counts.push_back({name, 1});
    } else {
      ++found->count;
    }
  }
  if (counts.size() == 1) return counts.front().name;
  std::string text;
  for (const NamedCount& count : counts) {
    text += (text.empty() ? "" : ", ") + count.name + " (" + some(count.count, "log") + ")";
  }
  return text;
}

std::string growth_of(double growth) {
  return growth == 1 ? "this" : fixed(growth, growth < 10 ? 1 : 0) + " times this";
}

void traffic(const Summary& s, Page& page) {
  page.topic("traffic");
  page.line(some(s.requests, "request") + ", " + as_bytes(s.bytes) + ", " +
            some(s.left_out.malformed, "line") + " skipped");
  if (!s.formats.empty()) page.line("read as " + formats_of(s));
  page.line(iso_8601(s.first_s, s.first_offset_s) + " to " + iso_8601(s.last_s, s.last_offset_s) +
            ", " + as_duration(s.last_s - s.first_s));
  page.line(about(s.clients, s.clients_exact, "client") + ", " +
            about(s.urls, s.urls_exact, "URL") + ", " + some(s.server_errors, "server error") +
            " (5xx)");
  if (s.durations > 0) {
    page.line((s.durations == s.requests ? "all" : as_percent(share(s.durations, s.requests))) +
              " with a logged duration, " +
              fixed(s.duration_ms / static_cast<double>(s.durations), 1) + " ms in the mean");
  }
  page.line("instances below are those of " + growth_of(s.autoscaler.growth) +
            " traffic ([service_time] growth)");
  if (s.left_out.out_of_time > 0) {
    page.line(some(s.left_out.out_of_time, "line") + " left out: far from the times around " +
              (s.left_out.out_of_time == 1 ? "it" : "them"));
  }
  if (s.out_of_order > 0) {
    page.line(some(s.out_of_order, "line") + " earlier than one before: taken to be at its time");
  }
}

void limiter(const Summary& s, Page& page) {
  page.topic("limiter");
  page.line(with_commas(s.limiter.allowed) + " allowed, " + with_commas(s.limiter.denied) +
            " denied (" + as_percent(share(s.limiter.denied, s.requests)) + ") to " +
            some(s.limiter.clients_denied, "client"));
  const std::size_t shown = std::min<std::size_t>(5, s.limiter.worst.size());
  const std::size_t width = width_of(s.limiter.worst, shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& client = s.limiter.worst[i];
    page.line("  " + named(client.name, width) + padded(with_commas(client.count), 9) + " denied");
  }
}

void servers(const Summary& s, Page& page) {
  int64_t placed = 0;
  for (const NamedCount& server : s.balancer.picks) placed += server.count;
  page.topic("balancer");
  page.line(s.balancer.policy + " over " +
            some(static_cast<int64_t>(s.balancer.picks.size()), "server") + ", the busiest at " +
            fixed(s.balancer.imbalance, 3) + " times its fair share");
  const std::size_t shown = std::min<std::size_t>(8, s.balancer.picks.size());
  const std::size_t width = width_of(s.balancer.picks, shown);
  for (std::size_t i = 0; i < shown; ++i) {
    const NamedCount& server = s.balancer.picks[i];
    page.line("  " + named(server.name, width) + padded(with_commas(server.count), 9) +
              padded(as_percent(share(server.count, placed)), 9));
  }
  if (s.balancer.picks.size() > shown) {
    page.line("  and " + std::to_string(s.balancer.picks.size() - shown) + " more");
  }
  if (s.balancer.unplaced > 0) {
    page.line(some(s.balancer.unplaced, "request") + " found no server");
  }
  page.topic("breaker");
  page.line(some(s.breaker.failures, "failure") + " at a server, " +
            some(s.breaker.transitions, "transition") + ", " + some(s.breaker.refused, "request") +
            " refused while open");
  if (s.breaker.transitions > 0) page.line("  transitions: " + counted(s.breaker.by_server));
}

void cache(const Summary& s, Page& page) {
  const auto& c = s.cache;
  page.topic("cache");
  page.line(as_percent(share(c.hits, c.hits + c.misses)) + " hits by request, " +
            as_percent(share(c.hit_bytes, c.hit_bytes + c.miss_bytes)) + " by byte");
  page.line(some(c.hits, "hit") + ", " + with_commas(c.misses) +
            (c.misses == 1 ? " miss, " : " misses, ") + some(c.evictions, "eviction") + ", " +
            some(c.invalidations, "invalidation"));
  page.topic("store");
  page.line("reads: " + counted(s.store.reads));
  if (s.store.unrouted > 0) page.line(some(s.store.unrouted, "call") + " found no node");
  page.line(some(s.store.writes, "write") + " to the primary (" + s.store.kind + ", " +
            some(s.store.documents, "document") + ")");
}

// At most 24 stretches of equal length, the most instances in each.
std::string course_of(const Summary& s) {
  const auto& course = s.autoscaler.course;
  const std::size_t stretches = std::min<std::size_t>(24, course.size());
  std::string text;
  for (std::size_t i = 0; i < stretches; ++i) {
    int32_t most = 0;
    for (std::size_t at = course.size() * i / stretches; at < course.size() * (i + 1) / stretches;
         ++at) {
      most = std::max(most, course[at].instances);
    }
    text += (i == 0 ? "" : " ") + std::to_string(most);
  }
  return text;
}

constexpr std::size_t kNameWidth = 25;

std::string row(const std::string& name, const Provisioning& result) {
  std::string text = "  " + name;
  text.resize(kNameWidth, ' ');
  return text + padded(fixed(result.instance_hours, 1), 10) +
         padded(std::to_string(result.peak), 7) + padded(fixed(result.overloaded_minutes, 1), 17) +
         padded(std::to_string(result.elasticity.changes), 9);
}

// The fewest instances that, kept all the time, are overloaded for no longer than the autoscaler.
const Provisioning& no_worse(const Ways& ways) {
  for (const Provisioning& constant : ways.constants) {
    if (constant.overloaded_minutes <= ways.ours.overloaded_minutes) return constant;
  }
  return ways.fixed;
}

void rows(const Ways& ways, Page& page) {
  page.line(std::string(kNameWidth, ' ') + "inst-hours   peak  min. overloaded  changes");
  page.line(row("autoscaler", ways.ours));
  page.line(row("clairvoyant", ways.foresight));
  page.line(row("Kubernetes' HPA, 70 %", ways.hpa));
  page.line(row("one-step rule", ways.step_rule));
  const Provisioning& constant = no_worse(ways);
  if (constant.peak != ways.fixed.peak) {
    page.line(row("fixed at " + std::to_string(constant.peak) + ", no worse", constant));
  }
  page.line(row("fixed at the peak", ways.fixed));
}

void figures_of(const Provisioning& ours, Page& page) {
  const ElasticityFigures& elastic = ours.elasticity;
  page.line("too few " + fixed(elastic.under_time, 1) + " % of the time (" +
            fixed(elastic.under_amount, 1) + " % of demand), too many " +
            fixed(elastic.over_time, 1) + " % (" + fixed(elastic.over_amount, 1) + " %)");
  page.line(fixed(ours.utilization_percent, 1) + " % of what is paid for is used; " +
            fixed(ours.lost_percent, 2) + " % of the work is given up on");
  page.line(std::to_string(elastic.reversals) + " of " + some(elastic.changes, "change") +
            " turned back; " + fixed(elastic.instability, 1) +
            " % of the time supply moved unlike demand");
}

void autoscaler(const Summary& s, Page& page) {
  const auto& a = s.autoscaler;
  page.topic("autoscaler");
  page.line(some(a.decisions, "change") + ", with " + growth_of(a.growth) + " traffic and " +
            (s.durations == 0           ? "the modelled"
             : s.durations < s.requests ? "the logged durations, or else the modelled"
                                        : "the logged durations; cache hits by") +
            " [service_time]");
  if (a.growth > 1) page.line("of as many independent sources:");
  rows(a.ways, page);
  figures_of(a.ways.ours, page);
  page.line("instances, first to last: " + course_of(s));
  if (a.growth > 1) {
    page.line("of one source, each of its requests copied:");
    rows(a.copied, page);
  }
}

}  // namespace

std::string to_text(const Summary& s) {
  Page page;
  if (!s.title.empty()) {
    page.topic("replay");
    page.line(one_line(s.title));
    page.gap();
  }
  traffic(s, page);
  page.gap();
  limiter(s, page);
  page.gap();
  servers(s, page);
  page.gap();
  cache(s, page);
  page.gap();
  autoscaler(s, page);
  page.gap();
  page.topic("replayed");
  page.line("in " + fixed(s.elapsed_seconds, 2) + " s, " +
            with_commas(static_cast<int64_t>(static_cast<double>(s.requests) /
                                             std::max(1e-9, s.elapsed_seconds))) +
            " requests a second");
  return page.take();
}

}  // namespace og::cli
