// SPDX-License-Identifier: Apache-2.0
// What the figures mean, in sentences.
const option = (name) => (data.options[name] === undefined ? "" : data.options[name]);

function aboutLimiter() {
  const { allowed, denied, clients_denied: deniedClients, worst } = data.limiter;
  const limit = `${option("limiter.rate")} a client` +
    (Number(option("limiter.burst")) ? `, ${option("limiter.burst")} at once` : "");
  if (!denied) return `At ${limit}, no client goes beyond its limit: all ${count(allowed)} requests are allowed.`;
  const most = worst.length ? `; ${worst[0].client} alone has ${percent(worst[0].denied, denied, 0)} of them` : "";
  return `At ${limit}, the limiter denies ${percent(denied, data.requests)} of the requests, to ` +
    `${some(deniedClients, "client")} of ${count(data.clients)}${most}.`;
}

function aboutCache() {
  const { hits, misses, hit_bytes: hitBytes, miss_bytes: missBytes } = data.cache;
  if (!hits && !misses) return "No request read a document, so the cache was not asked.";
  return `The cache answers ${percent(hits, hits + misses)} of the reads and ` +
    `${percent(hitBytes, hitBytes + missBytes)} of their bytes; the store is left with ` +
    `${some(misses, "read")} instead of ${count(hits + misses)}.`;
}

function aboutServers() {
  const servers = Object.keys(data.balancer.picks).length;
  const { refused, failures, transitions } = data.breaker;
  const share = servers === 1 ? "The one server takes all that is let through."
    : `Over ${servers} servers (${data.balancer.policy.replaceAll("_", " ")}) the busiest has ` +
      `${fixed(data.balancer.imbalance, 2)} times its fair share.`;
  const lost = data.balancer.unplaced ? ` ${some(data.balancer.unplaced, "request")} found no server.` : "";
  const breaker = transitions
    ? ` ${some(failures, "failure")} reached a server; then the breakers opened and turned ` +
      `${some(refused, "request")} away from servers that were failing.`
    : ` No breaker opened${failures ? `, for all ${some(failures, "failure")}` : ""}.`;
  return share + lost + breaker;
}

const saving = (ours, theirs) => {
  const saved = theirs ? 1 - ours / theirs : 0;
  return saved >= 0 ? fixed(100 * saved, 0) + " % less" : fixed(-100 * saved, 0) + " % more";
};
const minutes = (n) => (Number.isInteger(n) ? some(n, "minute") : fixed(n, 1) + " minutes");

function aboutErrors() {
  const errors = data.autoscaler.reasons["over_threshold: error_rate"] || 0;
  return errors ? ` It added instances ${some(errors, "time")} for errors alone, which more of them may not mend.` : "";
}

// The fewest instances that, kept all the time, are overloaded for no longer than the autoscaler.
const noWorse = (all) =>
  all.constants.find((way) => way.overloaded_minutes <= all.autoscaler.overloaded_minutes) || all.fixed;

function aboutInstances() {
  const all = data.autoscaler.superposed;
  const { autoscaler: ours, clairvoyant, hpa, step_rule: step } = all;
  const constant = noWorse(all);
  const costs = (way) => `${fixed(way.instance_hours, 1)} instance-hours and ${minutes(way.overloaded_minutes)}`;
  return `The autoscaler pays for ${fixed(ours.instance_hours, 1)} instance-hours and is overloaded for ` +
    `${minutes(ours.overloaded_minutes)}.${aboutErrors()} One who knew the load to come would pay for ` +
    `${fixed(clairvoyant.instance_hours, 1)}. ${some(constant.peak, "instance")} kept all the time, overloaded for ` +
    `${minutes(constant.overloaded_minutes)}, would cost ${saving(constant.instance_hours, ours.instance_hours)}. ` +
    `Kubernetes' rule at 70 % of CPU takes ${costs(hpa)}; one instance more or less at a time, the one-step rule, ` +
    `${costs(step)}.`;
}

function timesThis() {
  const { growth } = data.autoscaler;
  return growth === 1 ? "this traffic" : `${fixed(growth, growth < 10 ? 1 : 0)} times this traffic`;
}

function aboutModel() {
  const { logged } = data.durations;
  const atOnce = option("service_time.in_flight");
  const known = logged ? `The log has the durations of ${percent(logged, data.requests)} of the requests, and an instance works on ` +
    `${atOnce} at once, each for its own; for the others, and for what the cache answers,` :
    "This log does not say what a request costs: here";
  return `Drawn for ${timesThis()}. ${known} a cache hit takes ` +
    `${option("service_time.hit_ms")} ms of CPU, a miss ${option("service_time.miss_ms")} ms, a write ` +
    `${option("service_time.write_ms")} ms, and a new instance ${Number(option("service_time.start_ms")) / 1000} s ` +
    "to start. Where the load rises above a line, that choice is overloaded.";
}
