// SPDX-License-Identifier: Apache-2.0
// Draws the report from the JSON in #data. Names from the log reach the page as text nodes only.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const charts = data.charts;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // ---- words and figures ----

  const count = (n) => Math.round(n).toLocaleString("en");
  const fixed = (n, digits) =>
    n.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const percent = (part, whole) => (whole ? fixed((100 * part) / whole, 1) + " %" : "–");
  const bytes = (n) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let unit = 0;
    for (; n >= 1024 && unit + 1 < units.length; ++unit) n /= 1024;
    return fixed(n, unit ? 1 : 0) + " " + units[unit];
  };
  const sum = (object) => Object.values(object).reduce((a, b) => a + b, 0);
  const byId = (id) => document.getElementById(id);
  const text = (id, words) => { byId(id).textContent = words; };

  // Seconds of the log's own wall clock, shown as such whatever the reader's time zone.
  const wall = (s) => new Date(s * 1000).toISOString();
  const length = charts.requests.length * charts.step_s;
  const atTick = (s) => {
    const iso = wall(s);
    if (length > 3 * 86400) return iso.slice(5, 10);
    return length > 86400 ? iso.slice(5, 10) + " " + iso.slice(11, 16) : iso.slice(11, 16);
  };
  const atTip = (s) => wall(s).slice(0, 16).replace("T", " ");

  function element(tag, className, words) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (words !== undefined) made.textContent = words;
    return made;
  }

  function tile(name, figure, detail) {
    const made = element("div", "tile");
    made.append(element("div", "name", name), element("div", "figure", figure),
                element("div", "detail", detail));
    byId("tiles").append(made);
  }

  // columns: [heading, is a number]
  function table(id, caption, columns, rows) {
    if (!rows.length) return;
    const head = element("tr");
    for (const [heading, number] of columns) head.append(element("th", number ? "number" : "", heading));
    const body = element("tbody");
    for (const row of rows) {
      const line = element("tr");
      row.forEach((cell, i) => line.append(element("td", columns[i][1] ? "number" : "name", cell)));
      body.append(line);
    }
    const thead = element("thead");
    thead.append(head);
    byId(id).append(element("caption", "", caption), thead, body);
  }

  // ---- charts ----

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const faded = (name) => colour(name) + "2e";
  const points = (values) => values.map((y, i) => ({ x: charts.start_s + i * charts.step_s, y }));

  function line(label, values, name, more) {
    return Object.assign({
      label, data: points(values), borderColor: colour(name), backgroundColor: faded(name),
      borderWidth: 1.6, pointRadius: 0, pointHitRadius: 8, fill: false, tension: 0,
    }, more);
  }

  function axis(title, more) {
    return Object.assign({
      title: { display: true, text: title, color: colour("faint") },
      grid: { color: colour("grid") },
      ticks: { color: colour("faint"), maxTicksLimit: 7 },
      beginAtZero: true,
    }, more);
  }

  function timeChart(id, yTitle, datasets, yMore, tip) {
    // Ticks on round hours, at most about seven of them.
    const steps = [300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400];
    const last = charts.start_s + Math.max(1, charts.requests.length - 1) * charts.step_s;
    const room = byId(id).parentNode.clientWidth < 480 ? 5 : 9;
    const tick = steps.find((s) => (last - charts.start_s) / s <= room) ||
      Math.ceil((last - charts.start_s) / room / 86400) * 86400;
    new Chart(byId(id), {
      type: "line",
      data: { datasets },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: axis("time of day in the log", {
            type: "linear", min: charts.start_s, max: last, beginAtZero: false,
            title: { display: true, text: length > 86400 ? "date in the log" : "time of day in the log", color: colour("faint") },
            afterBuildTicks: (scale) => {
              scale.ticks = [];
              for (let s = Math.ceil(charts.start_s / tick) * tick; s <= last; s += tick) scale.ticks.push({ value: s });
            },
            ticks: { color: colour("faint"), maxRotation: 0, autoSkip: true, callback: atTick },
          }),
          y: axis(yTitle, yMore),
        },
        plugins: {
          legend: legend(),
          tooltip: { callbacks: { title: (items) => atTip(items[0].parsed.x), label: tip } },
        },
      },
    });
  }

  const legend = () => ({
    position: "top", align: "start",
    labels: { color: colour("text"), boxWidth: 18, boxHeight: 2, padding: 12 },
  });

  function drawCharts() {
    const each = charts.step_s === 60 ? "a minute" : "a minute, mean";
    timeChart("chart-requests", "requests " + each, [
      line("requests", charts.requests, "blue", { fill: "origin" }),
      line("denied", charts.denied, "red", { fill: "origin" }),
    ], {}, (item) => `${item.dataset.label}: ${fixed(item.parsed.y, 0)} a minute`);

    const ratio = (hits, lookups) => (lookups ? (100 * hits) / lookups : null);
    const window = Math.max(1, Math.min(15, charts.hits.length >> 3));
    const lately = { hits: 0, lookups: 0 };
    const smooth = charts.hits.map((_, i) => {
      for (const key of Object.keys(lately)) {
        lately[key] += charts[key][i] - (i >= window ? charts[key][i - window] : 0);
      }
      return ratio(lately.hits, lately.lookups);
    });
    const minutes = fixed((window * charts.step_s) / 60, 0);
    timeChart("chart-cache", "hits, % of reads", [
      line(window === 1 ? "hit ratio" : `over ${minutes} minutes`, smooth, "green", { spanGaps: true, borderWidth: 2.2 }),
      line("at the moment", charts.hits.map((n, i) => ratio(n, charts.lookups[i])), "grey",
           { spanGaps: true, borderWidth: 0.8 }),
    ], { max: 100 }, (item) => `${item.dataset.label}: ${fixed(item.parsed.y, 1)} %`);

    drawServers();

    const n = charts.load.length;
    const fixedLine = new Array(n).fill(data.autoscaler.fixed.peak);
    timeChart("chart-instances", "instances", [
      line("load", charts.load, "grey", { fill: "origin", borderWidth: 1 }),
      line("autoscaler", charts.instances, "blue", { stepped: true, borderWidth: 2.2 }),
      line("one-step rule", charts.step_rule, "red", { stepped: true, borderDash: [5, 3] }),
      line("fixed at the peak", fixedLine, "purple", { borderDash: [2, 3] }),
    ], {}, (item) => `${item.dataset.label}: ${fixed(item.parsed.y, item.dataset.label === "load" ? 2 : 0)}`);
  }

  function drawServers() {
    const names = Object.keys(data.balancer.picks);
    const picks = Object.values(data.balancer.picks);
    const all = sum(data.balancer.picks) || 1;
    const weight = data.weights.reduce((a, b) => a + b, 0) || 1;
    byId("box-servers").style.height = Math.min(900, 110 + 46 * names.length) + "px";
    const bars = (label, values, name) => ({
      label, data: values, backgroundColor: colour(name), borderWidth: 0, barPercentage: 0.9, categoryPercentage: 0.7,
    });
    new Chart(byId("chart-servers"), {
      type: "bar",
      data: {
        labels: names.map((name) => (name.length > 18 ? name.slice(0, 17) + "…" : name)),
        datasets: [
          bars("share of requests", picks.map((n) => (100 * n) / all), "blue"),
          bars("fair share, by weight", data.weights.map((w) => (100 * w) / weight), "grey"),
        ],
      },
      options: {
        animation: false, indexAxis: "y", responsive: true, maintainAspectRatio: false,
        scales: {
          x: axis("% of requests that reached a server"),
          y: { grid: { display: false }, ticks: { color: colour("text") } },
        },
        plugins: {
          legend: Object.assign(legend(), { labels: { color: colour("text"), boxWidth: 14, boxHeight: 10 } }),
          tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${fixed(item.parsed.x, 2)} %` } },
        },
      },
    });
  }

  // ---- the page ----

  function headline() {
    const scaled = data.autoscaler;
    const saved = 1 - scaled.instance_hours / scaled.fixed.instance_hours;
    tile("requests", count(data.requests), count(data.clients) + " clients, " + count(data.urls) + " URLs");
    tile("denied", percent(data.limiter.denied, data.requests),
         count(data.limiter.denied) + " to " + count(data.limiter.clients_denied) + " clients");
    tile("cache hits", percent(data.cache.hits, data.cache.hits + data.cache.misses),
         percent(data.cache.hit_bytes, data.cache.hit_bytes + data.cache.miss_bytes) + " by byte");
    tile("busiest server", fixed(data.balancer.imbalance, 2) + "×", "its fair share");
    tile("breaker", count(data.breaker.transitions), "transitions, " + count(data.breaker.refused) + " refused");
    tile("instance-hours", fixed(scaled.instance_hours, 1),
         (saved >= 0 ? fixed(100 * saved, 0) + " % less" : fixed(-100 * saved, 0) + " % more") + " than fixed");
  }

  function words() {
    const scaled = data.autoscaler;
    const title = data.title || "Replay of " + data.logs.map((log) => log.split("/").pop()).join(", ");
    document.title = title + " – outgrow";
    text("title", title);
    text("subtitle", `${data.first.replace("T", " ")} to ${data.last.replace("T", " ")}, ${bytes(data.bytes)} sent` +
      (data.skipped ? `, ${count(data.skipped)} lines skipped` : ""));
    text("about-requests", `The limiter, by client, allows ${count(data.limiter.allowed)} and denies ` +
      `${count(data.limiter.denied)} requests.`);
    text("about-cache", `${count(data.cache.hits)} hits and ${count(data.cache.misses)} misses by URL, ` +
      `${count(data.cache.evictions)} evictions, ${count(data.cache.invalidations)} invalidations by writes.`);
    text("about-servers", `Policy ${data.balancer.policy}. The log has ${count(data.server_errors)} server errors (5xx); ` +
      `${count(data.breaker.failures)} reached a server, its breaker refused ${count(data.breaker.refused)} requests while open.`);
    text("about-instances", `At ${fixed(scaled.growth, scaled.growth < 10 ? 1 : 0)} times this traffic, with the service-time ` +
      "model of the configuration. Load is in instances: where it is above a line, that choice is overloaded.");
  }

  function tables() {
    table("table-clients", data.limiter.worst_exact ? "Denied most" : "Denied most, at least",
          [["client"], ["denied", true]],
          data.limiter.worst.map((c) => [c.client, count(c.denied)]));
    table("table-store", "The store behind it", [["", false], ["reads", true], ["writes", true]],
          Object.entries(data.store.reads).map(([name, reads]) =>
            [name, count(reads), name === "primary" ? count(data.store.writes) : "0"]));
    const all = sum(data.balancer.picks);
    table("table-servers", "", [["server"], ["requests", true], ["share", true], ["breaker transitions", true]],
          Object.entries(data.balancer.picks).map(([name, n]) =>
            [name, count(n), percent(n, all), count(data.breaker.by_server[name] || 0)]));
    const row = (name, r) => [name, fixed(r.instance_hours, 1), count(r.peak), fixed(r.overloaded_minutes, 0)];
    const scaled = data.autoscaler;
    table("table-scaling", "", [["", false], ["instance-hours", true], ["peak", true], ["minutes overloaded", true]], [
      row("autoscaler", scaled), row("fixed at the peak", scaled.fixed), row("one-step rule", scaled.step_rule)]);
    byId("decisions").firstElementChild.textContent = `${count(scaled.decisions)} changes of the autoscaler`;
    byId("decisions").hidden = !scaled.changes.length;
    table("table-decisions", "", [["at"], ["decision"]],
          scaled.changes.map((c) => [c.at.replace("T", " "), c.text]));
  }

  function footer() {
    const from = data.config ? "Configuration: " + data.config + ". " : "The default configuration. ";
    byId("footer").append(element("p", "",
      `Written by outgrow replay. Logs: ${data.logs.join(", ")}. ${from}Limits, balancing, breakers, cache and store are the ` +
      "library's own, driven at the log's times; instances, load and latency follow the configuration's service-time model."));
  }

  headline();
  words();
  tables();
  footer();
  drawCharts();
  dark.addEventListener("change", () => {
    for (const canvas of document.querySelectorAll("canvas")) Chart.getChart(canvas).destroy();
    drawCharts();
  });
})();
