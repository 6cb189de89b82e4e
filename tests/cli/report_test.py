# SPDX-License-Identifier: Apache-2.0
"""The HTML report, opened in headless Chromium."""

import gzip
import os
import re
import unittest

from browser import Browser, find_chromium
from command import DAY, DEMO, CommandTest, log_line, replay, run

CHARTS = ["chart-requests", "chart-cache", "chart-servers", "chart-instances"]

# How many pixels of the canvas are not blank, by chart, and how many points its data sets hold.
DRAWN = """
Object.fromEntries([...document.querySelectorAll("canvas")].map((canvas) => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 3; i < pixels.length; i += 4) inked += pixels[i] > 0;
  const chart = Chart.getChart(canvas);
  return [canvas.id, {inked: inked / (canvas.width * canvas.height), width: canvas.clientWidth,
                      points: chart.data.datasets.map((set) => set.data.length)}];
}))
"""


class ReportTest(CommandTest):
    def report(self, *logs, config=None):
        path = self.path("report.html")
        run("replay", *(["--config", config] if config else []), "--report", path, *logs)
        return path

    def open(self, browser, path, width, **more):
        browser.open(path, width, **more)
        self.assertEqual(browser.problems, [])
        overflow = browser.run("document.documentElement.scrollWidth - window.innerWidth")
        self.assertLessEqual(overflow, 0, "wider than %d px" % width)

    def need_browser(self):
        if not find_chromium():
            print("SKIPPED: chromium is not installed")
            self.skipTest("no chromium")

    def test_it_is_one_file_that_loads_nothing(self):
        with open(self.report(*DEMO), encoding="utf-8") as page:
            text = page.read()
        self.assertNotRegex(text, r"<(script|link|img|iframe)[^>]+(src|href)=")
        self.assertIn("default-src 'none'", text)
        self.assertNotIn("sourceMappingURL", text)
        self.assertNotRegex(text, r"@(STYLE|DATA|LIBRARY|SCRIPT)@")

    def test_every_chart_is_drawn(self):
        self.need_browser()
        path = self.report(*DEMO)
        with Browser() as browser:
            for width, scheme in ((1280, "light"), (1280, "dark"), (400, "light")):
                self.open(browser, path, width, scheme=scheme)
                drawn = browser.run(DRAWN)
                self.assertEqual(list(drawn), CHARTS)
                for name, chart in drawn.items():
                    self.assertGreater(chart["inked"], 0.02, "%s at %d px" % (name, width))
                    self.assertGreater(chart["width"], width * (0.5 if width > 600 else 0.8), name)
                self.assertEqual(
                    drawn["chart-requests"]["points"], [1440] * 3
                )  # served, denied, refused
                self.assertEqual(drawn["chart-cache"]["points"], [1440] * 3)
                self.assertEqual(drawn["chart-instances"]["points"], [1440] * 6)
                self.assertEqual(drawn["chart-servers"]["points"], [4, 4])
            self.assertGreaterEqual(
                float(
                    browser.run(
                        "Math.min(...[...document.querySelectorAll('p,td,th,div.name')].filter((e) => e.textContent)"
                        ".map((e) => parseFloat(getComputedStyle(e).fontSize)))"
                    )
                ),
                12,
            )  # readable

    def test_axes_are_labelled_and_figures_are_those_of_the_summary(self):
        self.need_browser()
        with Browser() as browser:
            self.open(browser, self.report(*DEMO), 1000)
            for name in CHARTS:
                titles = browser.run(
                    "Object.values(Chart.getChart('%s').options.scales).map((s) => s.title.text)"
                    % name
                )
                self.assertTrue(any(titles), name)
            page = browser.run("document.body.innerText")
        self.assertIn("What it means", page)
        self.assertRegex(
            page, r"the limiter denies \d+\.\d % of the requests, to 3 clients of 4,484"
        )
        self.assertNotRegex(page, r"NaN|undefined|Infinity|null")
        for words in (
            "100,000",
            "203.0.113.66",
            "app-4",
            "replica-2",
            "one-step rule",
            "clairvoyant",
            "Kubernetes' HPA",
            "fixed at the peak",
        ):
            self.assertIn(words, page)
        denied = re.search(r"([\d,]+) denied \(", run("replay", *DEMO).out).group(1)
        self.assertIn(denied, page)

    def test_charts_show_the_summary_s_figures(self):
        self.need_browser()
        got = replay(*DEMO)
        with Browser() as browser:
            self.open(browser, self.report(*DEMO), 1000)
            sums = browser.run(
                "Chart.getChart('chart-requests').data.datasets.map("
                "(set) => set.data.reduce((all, point) => all + point.y, 0))"
            )
            self.assertEqual(
                sums,
                [
                    sum(got["balancer"]["picks"].values()),
                    got["limiter"]["denied"],
                    got["breaker"]["refused"],
                ],
            )
            overloaded = browser.run(
                "Chart.getChart('chart-instances').data.datasets[0].data"
                ".filter((point) => point.y > 0).length"
            )
            # A point is a minute, marked when any of its four quarters is overloaded.
            quarters = browser.run(
                "JSON.parse(document.getElementById('data').textContent).charts.overloaded"
            )
            self.assertEqual(overloaded, sum(1 for n in quarters if n))
            self.assertEqual(sum(quarters) / 4, got["autoscaler"]["overloaded_minutes"])
            hours = browser.run(
                "Chart.getChart('chart-requests').scales.x.getTicks().map((tick) => tick.label)"
            )
            self.assertEqual(hours[0], "00:00")
            self.assertTrue(all(hour.endswith(":00") for hour in hours), hours)

    def test_nothing_overlaps_at_400_pixels(self):
        self.need_browser()
        with Browser() as browser:
            self.open(browser, self.report(*DEMO), 400)
            cut = browser.run("""
                [...document.querySelectorAll("h1, h2, p, li, .tile div, th, td, canvas")].filter((e) => e.offsetParent)
                  .filter((e) => { const box = e.getBoundingClientRect(); return box.left < 0 || box.right > 401; })
                  .map((e) => e.textContent)""")
            self.assertEqual(cut, [])
            self.assertEqual(
                browser.run("""
                Math.min(...[...document.querySelectorAll("canvas")].map((c) => Chart.getChart(c).options.font.size))"""),
                12,
            )

    def test_the_scheme_may_change_while_it_is_open(self):
        self.need_browser()
        with Browser() as browser:
            self.open(browser, self.report(*DEMO), 1000)
            browser.call(
                "Emulation.setEmulatedMedia",
                features=[{"name": "prefers-color-scheme", "value": "dark"}],
            )
            drawn = browser.run(
                "new Promise((done) => setTimeout(() => done(%s), 100))" % DRAWN.strip()
            )
            self.assertEqual(browser.problems, [])
            self.assertTrue(all(chart["inked"] > 0.02 for chart in drawn.values()))

    def test_names_from_the_log_stay_text(self):
        self.need_browser()
        evil = "</script><img/src=x/onerror=alert(1)><!--"
        log = self.file(
            "x<b>&amp;.log",
            "".join(log_line(i // 9, client=evil, url="/" + evil) for i in range(200)),
        )
        config = self.file(
            "c.toml",
            '[balancer]\nservers = ["<i>a</i>", "\'\\"${b}"]\n[report]\ntitle = "<script>alert(2)//"\n',
        )
        path = self.report(log, config=config)
        with Browser() as browser:
            self.open(browser, path, 400)
            self.assertEqual(browser.run("document.querySelectorAll('img, i, b').length"), 0)
            self.assertIn(evil, browser.run("document.body.innerText"))
            self.assertEqual(
                browser.run("document.querySelector('h1').textContent"), "<script>alert(2)//"
            )
            self.assertEqual(browser.problems, [])

    def test_servers_by_numbers_and_by_long_names(self):
        self.need_browser()
        log = self.file("a.log", "".join(log_line(i) for i in range(400)))
        chart = "Chart.getChart('chart-servers').data"
        with Browser() as browser:
            config = self.file(
                "c.toml",
                "[balancer]\npolicy = 'weighted_round_robin'\nservers = ['10', '9']\nweights = [3, 1]\n",
            )
            self.open(browser, self.report(log, config=config), 400)
            self.assertEqual(
                browser.run(chart + ".labels"), ["9", "10"]
            )  # a browser's order of numbers
            self.assertEqual(
                browser.run(chart + ".datasets.map((set) => set.data)"), [[25, 75], [25, 75]]
            )
            config = self.file(
                "c.toml",
                "[balancer]\nservers = ['app-1.eu-west-1.internal', 'app-12.eu-west-1.internal']\n",
            )
            self.open(browser, self.report(log, config=config), 400)
            labels = browser.run(chart + ".labels")
            self.assertEqual(len(set(labels)), 2, labels)
            self.assertLessEqual(max(map(len, labels)), 20)

    def test_what_was_left_out_is_said(self):
        self.need_browser()
        lines = [log_line(i, client="c%d" % i, url="/%d" % (i * 7919)) for i in range(300)]
        lines[100] = lines[100].replace("2024", "2066")
        lines[200] = "rubbish\n"
        log = self.file("cut.gz", gzip.compress("".join(lines).encode())[:-8])
        with Browser() as browser:
            self.open(browser, self.report(log), 400)
            page = browser.run("document.body.innerText")
            self.assertIn(
                "1 line skipped, 1 line left out for a time far from those around it, 1 log read in part",
                page,
            )
            self.assertIn("Read in part: %s: gzip data cut off after line 300." % log, page)
            self.assertEqual(browser.problems, [])

    def test_smallest_and_longest_logs(self):
        self.need_browser()
        with Browser() as browser:
            for log in (
                log_line(0),
                log_line(0) + log_line(0).replace("2024", "2044"),
                "".join(log_line(i, status=500, client="c%d" % i) for i in range(300)),
            ):
                self.open(browser, self.report(self.file("a.log", log)), 400)
                drawn = browser.run(DRAWN)
                self.assertEqual(list(drawn), CHARTS)
                for name, chart in drawn.items():
                    self.assertGreater(chart["inked"], 0.02, name)

    def test_a_log_of_one_minute_has_lines_in_its_charts(self):
        self.need_browser()
        log = self.file(
            "a.log", "".join(log_line(i // 10, url="/%d" % (i % 50)) for i in range(600))
        )
        with Browser() as browser:
            self.open(browser, self.report(log), 800)
            for name in ("chart-requests", "chart-cache", "chart-instances"):
                # In the colour of the first line that is no background: more than a dot's pixels.
                points = browser.run(
                    "Chart.getChart('%s').data.datasets.map((set) => set.data.map((p) => p.x))"
                    % name
                )
                for xs in points:
                    self.assertEqual([x - xs[0] for x in xs], [0, 60], name)
                width = browser.run(
                    "(() => { const m = Chart.getChart('%s').getDatasetMeta(1).data;"
                    " return m[1].x - m[0].x; })()" % name
                )
                self.assertGreater(width, 400, name)
            page = browser.run("document.body.innerText")
            self.assertIn("instances for this traffic", page)
            self.assertIn("at this traffic", page)

    def test_the_headline_says_what_the_instances_are_for(self):
        self.need_browser()
        with Browser() as browser:
            self.open(browser, self.report(*DEMO), 800)
            growth = re.search(r"with ([\d.]+) times", run("replay", *DEMO).out).group(1)
            subtitle = browser.run("document.getElementById('subtitle').textContent")
            self.assertIn("instances for %s times this traffic" % growth, subtitle)
            tiles = browser.run("document.getElementById('tiles').textContent")
            self.assertIn("than fixed, at %s times this traffic" % growth, tiles)


if __name__ == "__main__":
    unittest.main()
