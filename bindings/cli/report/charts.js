// SPDX-License-Identifier: Apache-2.0
// The four charts, by Chart.js.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const narrow = () => window.innerWidth < 560;
// Of few minutes each is drawn to its end, with a mark: one point alone makes no line.
const few = charts.requests.length < 16;
const points = (values) => (few ? [...values, values.at(-1)] : values)
  .map((y, i) => ({ x: charts.start_s + i * charts.step_s, y }));

function line(label, values, name, more) {
  return Object.assign({
    label, data: points(values), borderColor: colour(name), backgroundColor: colour(name) + "40",
    borderWidth: 1.5, pointRadius: few ? 2 : 0, pointHitRadius: 8, pointStyle: "line", fill: false, tension: 0,
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

const legend = () => ({
  position: "top", align: "start",
  labels: { color: colour("text"), usePointStyle: true, boxHeight: 8, pointStyleWidth: 18, padding: narrow() ? 10 : 16 },
});

// Ticks on round hours or days, as many as there is room for.
function timeAxis(id) {
  const last = charts.start_s + Math.max(1, charts.requests.length - (few ? 0 : 1)) * charts.step_s;
  const steps = [60, 300, 600, 900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400];
  const room = byId(id).parentNode.clientWidth < 480 ? 5 : 9;
  const tick = steps.find((s) => (last - charts.start_s) / s <= room) ||
    Math.ceil((last - charts.start_s) / room / 86400) * 86400;
  return axis("", {
    type: "linear", min: charts.start_s, max: last, beginAtZero: false,
    title: { display: true, text: `${length > 86400 ? "date" : "time of day"} in the log, ${zone}`, color: colour("faint") },
    afterBuildTicks: (scale) => {
      scale.ticks = [];
      for (let s = Math.ceil(charts.start_s / tick) * tick; s <= last; s += tick) scale.ticks.push({ value: s });
    },
    ticks: { color: colour("faint"), maxRotation: 0, autoSkip: true, callback: atTick },
  });
}

function timeChart(id, yTitle, datasets, yMore, tip) {
  new Chart(byId(id), {
    type: "line",
    data: { datasets },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
      interaction: { mode: "index", intersect: false },
      scales: { x: timeAxis(id), y: axis(yTitle, yMore) },
      plugins: {
        legend: legend(),
        tooltip: { callbacks: { title: (items) => (items.length ? atTip(items[0].parsed.x) : ""), label: tip } },
      },
    },
  });
}

function drawRequests() {
  const served = charts.requests.map((n, i) => n - charts.denied[i] - charts.refused[i]);
  // An outline where there is something, so that a minute's burst shows among 1440.
  const outline = (values) => (at) => (values[at.p0DataIndex] || values[at.p1DataIndex] ? undefined : "transparent");
  const area = (label, values, name, fill) => line(label, values, name, {
    fill, borderWidth: fill === "origin" ? 0 : 0.8, segment: { borderColor: outline(values) },
    backgroundColor: colour(name) + "b0", pointStyle: "rect", stack: "all",
  });
  const sets = [area("served", served, "blue", "origin"), area("denied by the limiter", charts.denied, "red", "-1")];
  if (charts.refused.some((n) => n > 0)) sets.push(area("refused by a breaker", charts.refused, "purple", "-1"));
  timeChart("chart-requests", charts.step_s === 60 ? "requests a minute" : "requests a minute, mean", sets,
            { stacked: true }, (item) => `${item.dataset.label}: ${fixed(item.parsed.y, 0)} a minute`);
}

// The hit ratio over the last `window` points: a minute's own says little where it has few reads.
function lately(part, whole, window) {
  let parts = 0, all = 0;
  return part.map((_, i) => {
    parts += part[i] - (i >= window ? part[i - window] : 0);
    all += whole[i] - (i >= window ? whole[i - window] : 0);
    return all > 0 ? (100 * parts) / all : null;
  });
}

function drawCache() {
  // A few large responses rule a byte ratio: it is taken over four times as long.
  const window = Math.max(1, Math.min(15, charts.hits.length >> 5));
  const over = (n) => (n * charts.step_s <= 5400 ? `${count((n * charts.step_s) / 60)} min`
    : `${count((n * charts.step_s) / 3600)} h`);
  const whole = sum(charts.lookups) ? (100 * sum(charts.hits)) / sum(charts.lookups) : null;
  timeChart("chart-cache", "answered by the cache, %", [
    line(`of requests, over ${over(window)}`, lately(charts.hits, charts.lookups, window), "green", { spanGaps: true, borderWidth: 2 }),
    line(`of bytes, over ${over(4 * window)}`, lately(charts.hit_bytes, charts.lookup_bytes, 4 * window), "orange",
         { spanGaps: true, borderWidth: 1.2 }),
    line("of requests, whole log", charts.hits.map(() => whole), "grey", { borderDash: [4, 4], borderWidth: 1.2 }),
  ], { min: 0, max: 100 }, (item) => `${item.dataset.label}: ${fixed(item.parsed.y, 1)} %`);
}

// Writes each bar's figure at its end.
const figures = {
  id: "figures",
  afterDatasetsDraw(chart) {
    const { ctx } = chart;
    ctx.save();
    ctx.fillStyle = colour("text");
    ctx.font = "12px sans-serif";
    ctx.textBaseline = "middle";
    chart.data.datasets.forEach((set, i) => chart.getDatasetMeta(i).data.forEach((bar, at) => {
      ctx.fillText(fixed(set.data[at], 1) + " %", bar.x + 5, bar.y);
    }));
    ctx.restore();
  },
};

// Names as short as a chart needs them: when one is long, without what all begin and end with.
function labelsOf(names) {
  const longest = 18;
  let from = 0, to = 0;
  if (names.length > 1 && names.some((name) => name.length > longest)) {
    const [one, ...others] = names;
    const shortest = Math.min(...names.map((name) => name.length)) - 1;
    while (from < shortest && others.every((name) => name[from] === one[from])) ++from;
    while (from + to < shortest && others.every((name) => name.at(-1 - to) === one.at(-1 - to))) ++to;
  }
  return names.map((name) => {
    const own = (from ? "…" : "") + name.slice(from, name.length - to) + (to ? "…" : "");
    return own.length > longest + 2 ? own.slice(0, longest) + "…" : own;
  });
}

function drawServers() {
  const names = Object.keys(data.balancer.picks);
  const picks = Object.values(data.balancer.picks);
  const all = sum(data.balancer.picks) || 1;
  const weight = sum(data.weights) || 1;
  const shares = picks.map((n) => (100 * n) / all);
  const fair = names.map((name) => (100 * data.weights[name]) / weight);
  byId("box-servers").style.height = Math.min(900, 100 + 48 * names.length) + "px";
  const bars = (label, values, name) => ({
    label, data: values, backgroundColor: colour(name), borderWidth: 0, pointStyle: "rect", barPercentage: 0.92, categoryPercentage: 0.72,
  });
  new Chart(byId("chart-servers"), {
    type: "bar",
    data: {
      labels: labelsOf(names),
      datasets: [bars("share of requests", shares, "blue"), bars("fair share, by weight", fair, "pale")],
    },
    options: {
      animation: false, indexAxis: "y", responsive: true, maintainAspectRatio: false,
      scales: {
        x: axis("% of the requests that reached a server", { max: Math.ceil(Math.max(...shares, ...fair) * 0.115) * 10 }),
        y: { grid: { display: false }, ticks: { color: colour("text") } },
      },
      plugins: {
        legend: legend(),
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${fixed(item.parsed.x, 2)} %` } },
      },
    },
    plugins: names.length <= 16 ? [figures] : [],
  });
}

function drawInstances() {
  const overload = charts.load.map((load, i) => (charts.overloaded[i] ? load : NaN));
  const most = Math.max(...charts.instances, ...charts.step_rule, ...charts.hpa, ...charts.load, data.autoscaler.fixed.peak);
  timeChart("chart-instances", "instances", [
    line("autoscaler overloaded", overload, "red",
         { showLine: false, pointRadius: 2.5, pointBackgroundColor: colour("red"), borderWidth: 0, pointStyle: "circle" }),
    line("autoscaler", charts.instances, "blue", { stepped: true, borderWidth: 2.2 }),
    line("Kubernetes' HPA", charts.hpa, "green", { stepped: true, borderDash: [8, 3] }),
    line("one-step rule", charts.step_rule, "orange", { stepped: true, borderDash: [5, 3] }),
    line("fixed at the peak", charts.load.map(() => data.autoscaler.fixed.peak), "purple", { borderDash: [2, 3] }),
    line("load", charts.load, "grey", { fill: "origin", borderWidth: 1, pointStyle: "rect" }),
  ], { suggestedMax: most + 1 }, (item) => (Number.isNaN(item.parsed.y) ? null
    : `${item.dataset.label}: ${fixed(item.parsed.y, item.dataset.label === "load" ? 2 : 0)}`));
}

function drawCharts() {
  drawRequests();
  drawCache();
  drawServers();
  drawInstances();
  if (data.compared) drawCompared();
}
