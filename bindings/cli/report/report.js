// SPDX-License-Identifier: Apache-2.0
// Fills the page: heading, tiles, sentences, tables, charts.
function heading() {
  const title = data.title || "Replay of " + data.logs.map((log) => log.split("/").pop()).join(", ");
  document.title = title + " – outgrow";
  say("title", title);
  say("subtitle", `${span(data.first, data.last)} (${zone}), ${bytes(data.bytes)} sent` +
    (data.durations.logged ? `, logged durations of ${fixed(data.durations.mean_ms, 1)} ms in the mean` : "") +
    `; instances for ${timesThis()}` +
    (data.skipped ? `, ${some(data.skipped, "line")} skipped` : "") +
    (data.out_of_time ? `, ${some(data.out_of_time, "line")} left out for a time far from those around ${data.out_of_time === 1 ? "it" : "them"}` : "") +
    (data.warnings.length ? `, ${some(data.warnings.length, "log")} read in part` : ""));
}

function tiles() {
  const { autoscaler: scaled, cache, breaker, limiter } = data;
  tile("requests", count(data.requests), `${some(data.clients, "client")}, ${some(data.urls, "URL")}`);
  tile("denied", percent(limiter.denied, data.requests),
       `${count(limiter.denied)} to ${some(limiter.clients_denied, "client")}`);
  tile("cache hits", percent(cache.hits, cache.hits + cache.misses),
       percent(cache.hit_bytes, cache.hit_bytes + cache.miss_bytes) + " by byte");
  tile("busiest server", fixed(data.balancer.imbalance, 2) + " ×", "its fair share");
  tile("breaker transitions", count(breaker.transitions), `${some(breaker.refused, "request")} refused`);
  tile("instance-hours", fixed(scaled.instance_hours, 1),
       `${saving(scaled.instance_hours, scaled.fixed.instance_hours)} than fixed, at ${timesThis()}`);
}

function sentences() {
  for (const about of [aboutLimiter(), aboutServers(), aboutCache(), aboutInstances()]) {
    byId("meaning").append(element("li", "", about));
  }
  say("about-requests", "Every request of the log, minute by minute, by what became of it.");
  say("about-cache", `${some(data.cache.hits, "hit")} and ${some(data.cache.misses, "miss", "misses")}, by URL; ` +
    `${some(data.cache.evictions, "eviction")}, ${some(data.cache.invalidations, "invalidation")} by writes.`);
  say("about-servers", `Policy ${data.balancer.policy}. The log has ${some(data.server_errors, "server error")} (5xx), ` +
    `of which ${count(data.breaker.failures)} reached a server.`);
  say("about-instances", aboutModel());
}

// The ways to choose, with fixed numbers around the fewest that are no worse than the autoscaler.
function waysOf(all) {
  const least = noWorse(all).peak;
  return [
    ["autoscaler", all.autoscaler], ["clairvoyant", all.clairvoyant], ["Kubernetes' HPA at 70 %", all.hpa],
    ["one-step rule", all.step_rule],
    ...all.constants.filter((way) => Math.abs(way.peak - least) <= 1 && way.peak !== all.fixed.peak)
      .map((way) => [`fixed at ${count(way.peak)}`, way]),
    ["fixed at the peak", all.fixed],
  ];
}

function elasticityOf({ elasticity: figures, utilization_percent: used, lost_percent: lost }) {
  const share = (n) => fixed(n, 1) + " %";
  return [
    ["of the time too few instances", share(figures.under_time_percent)],
    ["missing, of demand", share(figures.under_amount_percent)],
    ["of the time too many", share(figures.over_time_percent)],
    ["too many, of demand", share(figures.over_amount_percent)],
    ["of the time moving unlike demand", share(figures.instability_percent)],
    ["changes that turn back", count(figures.reversals)],
    ["used, of what is paid for", share(used)],
    ["work lost", fixed(lost, 2) + " %"],
  ];
}

function tables() {
  table("table-clients", data.limiter.worst_exact ? "Denied most" : "Denied most, at least",
        [["client"], ["denied", true]], data.limiter.worst.map((c) => [c.client, count(c.denied)]));
  table("table-store", `The store behind it (${data.store.kind})`, [["node", false], ["reads", true], ["writes", true]],
        Object.entries(data.store.reads).map(([name, reads]) =>
          [name, count(reads), name === "primary" ? count(data.store.writes) : "0"]));
  table("table-servers", "Each server and its breaker",
        [["server"], ["requests", true], ["breaker transitions", true]],
        Object.entries(data.balancer.picks).map(([name, n]) =>
          [name, count(n), count(data.breaker.by_server[name] || 0)]));
  const scaled = data.autoscaler;
  const costs = (id, caption, all) => table(id, caption,
    [["", false], ["hours paid", true], ["peak", true], ["minutes over", true], ["changes", true]],
    waysOf(all).map(([name, way]) => [name, fixed(way.instance_hours, 1), count(way.peak),
                                      fixed(way.overloaded_minutes, 1), count(way.elasticity.changes)]));
  const grown = scaled.growth > 1;
  costs("table-scaling", "What each choice costs" + (grown ? ": independent sources" : ""), scaled.superposed);
  if (grown) costs("table-copied", "… had each request of one source been copied", scaled.copied);
  table("table-elasticity", "How closely the autoscaler follows", [["", false], ["", true]], elasticityOf(scaled.superposed.autoscaler));
  table("table-reasons", `Why the autoscaler changed, ${some(scaled.decisions, "time")}`, [["reason"], ["changes", true]],
        Object.entries(scaled.reasons).sort((a, b) => b[1] - a[1])
          .map(([reason, n]) => [reason.replaceAll("_", " "), count(n)]));
  say("decisions-title", scaled.changes.length < scaled.decisions
    ? `The first ${count(scaled.changes.length)} changes` : "Every change");
  byId("decisions").hidden = !scaled.changes.length;
  table("table-decisions", "", [["at"], ["decision"]],
        scaled.changes.map((c) => [`${dayOf(c.at)}, ${c.at.slice(11, 19)}`, c.text]));
  table("table-options", "", [["option"], ["value"]], Object.entries(data.options));
}

function footer() {
  for (const warning of data.warnings) byId("footer").append(element("p", "", `Read in part: ${warning}.`));
  const from = data.config ? `the configuration ${data.config}` : "the default configuration";
  byId("footer").append(element("p", "",
    `Written by outgrow replay from ${data.logs.join(", ")} with ${from}. Limiter, balancer, breakers, cache and store are ` +
    "the library's own, driven at the log's times; instances, load and latency follow the service-time model above."));
}

heading();
tiles();
sentences();
tables();
footer();
if (data.compared) comparison();
else byId("compared").remove();
drawCharts();
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const canvas of document.querySelectorAll("canvas")) Chart.getChart(canvas).destroy();
  drawCharts();
});
