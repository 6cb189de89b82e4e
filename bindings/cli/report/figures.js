// SPDX-License-Identifier: Apache-2.0
// The report's data, figures for people, and elements of the page. Names from the log reach the page
// as text nodes only.
const data = JSON.parse(document.getElementById("data").textContent);
const charts = data.charts;

// null stands for a figure that is not finite.
const count = (n) => (n === null ? "–" : Math.round(n).toLocaleString("en"));
const fixed = (n, digits) => (n === null || !Number.isFinite(n) ? "–"
  : n.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const percent = (part, whole, digits = 1) => (whole ? fixed((100 * part) / whole, digits) + " %" : "–");
const bytes = (n) => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  for (; n >= 1024 && unit + 1 < units.length; ++unit) n /= 1024;
  return fixed(n, unit ? 1 : 0) + " " + units[unit];
};
const some = (n, one, more = one + "s") => `${count(n)} ${n === 1 ? one : more}`;
const sum = (object) => Object.values(object).reduce((a, b) => a + b, 0);

// ---- times: the log's own wall clock, whatever the reader's time zone ----

const zone = "UTC" + (data.first.slice(-6) === "+00:00" ? "" : data.first.slice(-6));
const length = charts.requests.length * charts.step_s;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const wall = (s) => new Date(s * 1000).toISOString();
const dayOf = (iso) => `${Number(iso.slice(8, 10))} ${months[Number(iso.slice(5, 7)) - 1]}`;
const clockOf = (iso) => iso.slice(11, 16);
const span = (first, last) => {
  const day = (iso) => `${dayOf(iso)} ${iso.slice(0, 4)}`;
  const to = day(first) === day(last) ? "" : day(last) + ", ";
  return `${day(first)}, ${first.slice(11, 19)} to ${to}${last.slice(11, 19)}`;
};
const atTick = (s) => {
  const iso = wall(s);
  if (length > 3 * 86400) return dayOf(iso);
  return length > 86400 && clockOf(iso) === "00:00" ? dayOf(iso) : clockOf(iso);
};
const atTip = (s) => `${dayOf(wall(s))}, ${clockOf(wall(s))}`;

// ---- elements ----

const byId = (id) => document.getElementById(id);
const say = (id, words) => { byId(id).textContent = words; };

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
  if (!rows.length) return byId(id).parentNode.remove();
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
