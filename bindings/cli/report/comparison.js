// SPDX-License-Identifier: Apache-2.0
// A second configuration beside the first, which the rest of the page tells of.
const nameOf = (replay) => replay.config.split("/").pop() || "the defaults";

function comparison() {
  const other = data.compared;
  const { denied_by_both: both, denied_by_first_alone: first, denied_by_second_alone: second } = other.beside;
  say("about-compared", `First: ${nameOf(data)}, of which the rest of this page tells. Second: ${nameOf(other)}. ` +
    `Both deny ${some(both, "request")}; the first alone ${some(first.requests, "request")} of ${some(first.clients, "client")}, ` +
    `the second alone ${some(second.requests, "request")} of ${some(second.clients, "client")}.`);
  const row = (name, of) => [name, of(data), of(other)];
  table("table-compared", "", [["", false], ["first", true], ["second", true]], [
    row("denied", (r) => percent(r.limiter.denied, r.requests)),
    row("clients denied", (r) => count(r.limiter.clients_denied)),
    row("busiest server, of its fair share", (r) => fixed(r.balancer.imbalance, 2)),
    row("refused by a breaker", (r) => count(r.breaker.refused)),
    row("cache hits", (r) => percent(r.cache.hits, r.cache.hits + r.cache.misses)),
    row("instance-hours", (r) => fixed(r.autoscaler.instance_hours, 1)),
    row("minutes overloaded", (r) => fixed(r.autoscaler.overloaded_minutes, 0)),
  ]);
  const alone = (id, whose, denied) => table(id, `Denied by the ${whose} alone${denied.worst_exact ? "" : ", at least"}`,
    [["client"], ["requests", true]], denied.worst.map((c) => [c.client, count(c.denied)]));
  alone("table-first", "first", first);
  alone("table-second", "second", second);
  table("table-differing", "Options that differ", [["option"], ["first"], ["second"]],
    Object.entries(other.beside.options).map(([name, values]) => [name, values.first, values.second]));
}

function drawCompared() {
  timeChart("chart-compared", "denied a minute", [
    line("by the first", charts.denied, "blue", { borderWidth: 2 }),
    line("by the second", data.compared.charts.denied, "orange", { borderDash: [5, 3] }),
  ], {}, (item) => `${item.dataset.label}: ${fixed(item.parsed.y, 0)} a minute`);
}
