// SPDX-License-Identifier: Apache-2.0
#include "core/observe/metrics.h"

#include <algorithm>
#include <sstream>

#include "core/base/histogram.h"
#include "core/observe/prometheus_text.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Counts {
  int64_t a = 1;
  void collect(MetricSink& sink) const {
    sink.counter("thing_b_total", "B.", {{"outcome", "yes"}}, a);
    sink.gauge("thing_a", "A.", {}, 0.5);
    sink.counter("thing_b_total", "B.", {{"outcome", "no"}}, a + 1);
  }
};

std::unique_ptr<Metrics> registry() { return std::move(*Metrics::create({})); }

std::vector<std::string> lines_of(const std::string& text, const std::string& start = "") {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(start, 0) == 0) lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("families are contiguous and described once though several instances add to them") {
  auto metrics = registry();
  REQUIRE(metrics->add("thing", "two", std::make_shared<Counts>(Counts{10})));
  REQUIRE(metrics->add("thing", "one", std::make_shared<Counts>(Counts{20})));
  std::string wanted =
      "# HELP outgrow_metrics_left_out Series not shown because an equal one was.\n"
      "# TYPE outgrow_metrics_left_out gauge\n"
      "outgrow_metrics_left_out 0\n"
      "# HELP thing_a A.\n"
      "# TYPE thing_a gauge\n"
      "thing_a{name=\"one\"} 0.5\n"
      "thing_a{name=\"two\"} 0.5\n"
      "# HELP thing_b_total B.\n"
      "# TYPE thing_b_total counter\n"
      "thing_b_total{name=\"one\",outcome=\"no\"} 21\n"
      "thing_b_total{name=\"one\",outcome=\"yes\"} 20\n"
      "thing_b_total{name=\"two\",outcome=\"no\"} 11\n"
      "thing_b_total{name=\"two\",outcome=\"yes\"} 10\n";
  CHECK(metrics->render() == wanted);
  CHECK(metrics->render() == wanted);
}

TEST_CASE("a name is taken once per kind, and given back by remove") {
  auto metrics = registry();
  auto thing = std::make_shared<Counts>();
  REQUIRE(metrics->add("thing", "a", thing));
  auto again = metrics->add("thing", "a", thing);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Status::kInvalidArgument);
  CHECK(again.error().message == "a thing named 'a' is there already");
  CHECK_FALSE(metrics->add("thing", "", thing));
  REQUIRE(metrics->add("other", "a", thing));
  CHECK(thing.use_count() == 3);
  CHECK(metrics->remove("a") == 2);
  CHECK(metrics->remove("a") == 0);
  CHECK(thing.use_count() == 1);
  CHECK(metrics->add("thing", "a", thing));
}

TEST_CASE("equal series appear once and are counted as left out") {
  auto metrics = registry();
  REQUIRE(metrics->add("thing", "a", std::make_shared<Counts>(Counts{7})));
  REQUIRE(metrics->add("other", "a", std::make_shared<Counts>(Counts{8})));
  std::string text = metrics->render();
  CHECK(lines_of(text, "thing_b_total{") ==
        std::vector<std::string>{"thing_b_total{name=\"a\",outcome=\"no\"} 8",
                                 "thing_b_total{name=\"a\",outcome=\"yes\"} 7"});
  CHECK(lines_of(text, "outgrow_metrics_left_out") ==
        std::vector<std::string>{"outgrow_metrics_left_out 3"});
}

TEST_CASE("a family keeps the type it first had") {
  PrometheusText text;
  text.counter("x_total", "X.", {}, 1);
  text.gauge("x_total", "X.", {{"a", "b"}}, 1);
  CHECK(text.left_out() == 1);
  CHECK(text.text() == "# HELP x_total X.\n# TYPE x_total counter\nx_total 1\n");
}

// The format's rules: https://prometheus.io/docs/instrumenting/exposition_formats/
TEST_CASE("help and label values are escaped, and what is not UTF-8 is replaced") {
  PrometheusText text;
  text.gauge("x", "a \"b\" \\ c\nd", {{"v", "C:\\DIR\\FILE \"X\"\n"}}, 1);
  CHECK(text.text() ==
        "# HELP x a \"b\" \\\\ c\\nd\n# TYPE x gauge\nx{v=\"C:\\\\DIR\\\\FILE \\\"X\\\"\\n\"} 1\n");

  // From RFC 3629 and Kuhn's stress test: overlong, surrogate, past U+10FFFF, cut off, stray.
  const std::string bad[] = {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                             "\xe2\x82", "\xbf",         "\xf8\x88",     "\xff"};
  for (const std::string& value : bad) {
    PrometheusText out;
    out.gauge("x", "X.", {{"v", value}}, 1);
    std::string replaced;
    for (size_t i = 0; i < value.size(); ++i) replaced += "\xef\xbf\xbd";
    CHECK(lines_of(out.text(), "x{")[0] == "x{v=\"" + replaced + "\"} 1");
  }
  for (std::string value : {"\u00e9", "\u20ac", "\U0001f600", "\ud7ff", "\U0010ffff"}) {
    PrometheusText out;
    out.gauge("x", "X.", {{"v", value}}, 1);
    CHECK(lines_of(out.text(), "x{")[0] == "x{v=\"" + value + "\"} 1");
  }
}

TEST_CASE("numbers that JSON has no word for") {
  PrometheusText text;
  text.gauge("x", "X.", {{"v", "a"}}, NAN);
  text.gauge("x", "X.", {{"v", "b"}}, INFINITY);
  text.gauge("x", "X.", {{"v", "c"}}, -INFINITY);
  text.gauge("x", "X.", {{"v", "d"}}, 0.1);
  text.counter("y_total", "Y.", {}, INT64_MAX);
  CHECK(lines_of(text.text(), "x{") == std::vector<std::string>{"x{v=\"a\"} NaN", "x{v=\"b\"} +Inf",
                                                                "x{v=\"c\"} -Inf",
                                                                "x{v=\"d\"} 0.1"});
  CHECK(lines_of(text.text(), "y")[0] == "y_total 9223372036854775807");
}

TEST_CASE("histograms are cumulative, in seconds, and end with +Inf, sum and count") {
  Histogram histogram;
  const int64_t samples[] = {1, 4'096, 4'097, 1'000'000, 1'000'000, 2'000'000'000'000};
  for (int64_t ns : samples) histogram.record(ns);
  auto octaves = GENERATE(1, 2, 4);
  PrometheusText text(octaves);
  text.histogram("t_seconds", "T.", {{"a", "b"}}, histogram);
  auto buckets = lines_of(text.text(), "t_seconds_bucket{a=\"b\",le=\"");
  REQUIRE(buckets.size() == static_cast<size_t>(28 * octaves + 1));
  double last_bound = 0;
  for (const std::string& line : buckets) {
    std::string le = line.substr(line.find("le=\"") + 4);
    double bound = le.rfind("+Inf", 0) == 0 ? INFINITY : std::stod(le);
    CHECK(bound > last_bound);
    last_bound = bound;
    auto below = std::count_if(std::begin(samples), std::end(samples), [&](int64_t ns) {
      return static_cast<double>(ns) <= bound * 1e9 * (1 + 1e-12);
    });
    CHECK(std::stoll(line.substr(line.rfind(' '))) == below);
  }
  CHECK(last_bound == INFINITY);
  CHECK(lines_of(text.text(), "t_seconds_count") ==
        std::vector<std::string>{"t_seconds_count{a=\"b\"} 6"});
  CHECK(lines_of(text.text(), "t_seconds_sum") ==
        std::vector<std::string>{"t_seconds_sum{a=\"b\"} 2000.002008194"});
}

TEST_CASE("scopes add their labels in front, and end") {
  PrometheusText text;
  {
    MetricSink::Scope outer(text, "name", "n");
    MetricSink::Scope inner(text, "endpoint", "e");
    text.gauge("x", "X.", {{"v", "a"}}, 1);
  }
  text.gauge("x", "X.", {{"v", "b"}}, 2);
  CHECK(lines_of(text.text(), "x{") ==
        std::vector<std::string>{"x{name=\"n\",endpoint=\"e\",v=\"a\"} 1", "x{v=\"b\"} 2"});
}

TEST_CASE("the program's own series") {
  auto metrics = registry();
  OwnSeries& own = metrics->own();
  using Kind = OwnSeries::Kind;
  int32_t plain = *own.define(Kind::kCounter, "jobs_total", "Jobs.", "");
  int32_t named = *own.define(Kind::kCounter, "jobs_total", "Jobs.", "mail");
  int32_t level = *own.define(Kind::kGauge, "queue_length", "", "");
  int32_t time = *own.define(Kind::kHistogram, "job_seconds", "Time.", "");
  CHECK(*own.define(Kind::kCounter, "jobs_total", "other words", "mail") == named);
  CHECK(own.increment(plain, 2) == Status::kOk);
  CHECK(own.increment(named, 3) == Status::kOk);
  CHECK(own.set(level, -4.5) == Status::kOk);
  CHECK(own.observe(time, 1'000'000) == Status::kOk);
  CHECK(own.increment(level, 1) == Status::kInvalidArgument);
  CHECK(own.increment(plain, -1) == Status::kInvalidArgument);
  CHECK(own.set(plain, 1) == Status::kInvalidArgument);
  CHECK(own.observe(time, -1) == Status::kInvalidArgument);
  for (int32_t id : {-1, INT32_MIN, INT32_MAX, 4, 1024}) {
    CHECK(own.increment(id, 1) == Status::kInvalidArgument);
  }
  std::string text = metrics->render();
  CHECK(lines_of(text, "jobs_total") ==
        std::vector<std::string>{"jobs_total 2", "jobs_total{name=\"mail\"} 3"});
  CHECK(lines_of(text, "queue_length")[0] == "queue_length -4.5");
  CHECK(lines_of(text, "# HELP queue_length")[0] == "# HELP queue_length queue_length");
  CHECK(lines_of(text, "job_seconds_count")[0] == "job_seconds_count 1");
}

TEST_CASE("a counter of the program's own stops at the largest number") {
  auto metrics = registry();
  OwnSeries& own = metrics->own();
  const int32_t bytes = *own.define(OwnSeries::Kind::kCounter, "bytes_total", "Bytes.", "");
  const auto shown = [&] { return lines_of(metrics->render(), "bytes_total")[0]; };
  REQUIRE(own.increment(bytes, INT64_MAX - 10) == Status::kOk);
  REQUIRE(own.increment(bytes, 3) == Status::kOk);
  CHECK(shown() == "bytes_total 9223372036854775800");
  REQUIRE(own.increment(bytes, 7) == Status::kOk);
  CHECK(shown() == "bytes_total 9223372036854775807");
  for (int64_t by : {int64_t{1}, INT64_MAX}) {
    REQUIRE(own.increment(bytes, by) == Status::kOk);
    CHECK(shown() == "bytes_total 9223372036854775807");
  }
  CHECK(own.faults().empty());
}

TEST_CASE("gauges of the program's own may be what JSON has no word for") {
  auto metrics = registry();
  OwnSeries& own = metrics->own();
  const int32_t level = *own.define(OwnSeries::Kind::kGauge, "level", "", "");
  for (auto [value, shown] :
       {std::pair(NAN, "NaN"), std::pair(INFINITY, "+Inf"), std::pair(-INFINITY, "-Inf")}) {
    REQUIRE(own.set(level, value) == Status::kOk);
    CHECK(lines_of(metrics->render(), "level")[0] == std::string("level ") + shown);
  }
}

TEST_CASE("a sum of latencies past 2^63 ns goes on") {
  constexpr int64_t kDays = 106'752;  // 2^63 ns are 106751.99 days
  Histogram histogram;
  for (int64_t i = 0; i < kDays; ++i) histogram.record(86'400'000'000'000);
  PrometheusText text;
  text.histogram("t_seconds", "T.", {}, histogram);
  CHECK(std::stod(lines_of(text.text(), "t_seconds_sum")[0].substr(14)) == Approx(86400.0 * kDays));
}

TEST_CASE("names that a scraper would refuse are refused when the series is made") {
  Config config;
  config.set_int("series", 16);
  auto metrics = std::move(*Metrics::create(config));
  OwnSeries& own = metrics->own();
  using Kind = OwnSeries::Kind;
  for (const char* name :
       {"", "1a_total", "a-b_total", "a b_total", "outgrow_x_total", "jobs", "\xc3\xa9_total"}) {
    auto made = own.define(Kind::kCounter, name, "", "");
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Status::kInvalidArgument);
  }
  CHECK_FALSE(own.define(Kind::kGauge, "jobs_total", "", ""));
  CHECK_FALSE(own.define(Kind::kHistogram, "x_bucket", "", ""));
  REQUIRE(own.define(Kind::kGauge, "x", "", ""));
  auto other_kind = own.define(Kind::kHistogram, "x", "", "n");
  REQUIRE_FALSE(other_kind);
  CHECK(other_kind.error().message == "metric 'x' is already of another kind");
  for (int i = 1; i < 16; ++i) {
    REQUIRE(own.define(Kind::kGauge, "x", "", std::to_string(i)));
  }
  CHECK(own.define(Kind::kGauge, "x", "", "one too many").error().code == Status::kFull);
  CHECK(*own.define(Kind::kGauge, "x", "", "15") == 15);  // there already
}

TEST_CASE("the names of a series have room, and no more") {
  auto metrics = registry();
  using Kind = OwnSeries::Kind;
  const std::string help(SeriesRecord::kMostText - 2, 'h');
  REQUIRE(metrics->own().define(Kind::kGauge, "x", help, "i"));
  CHECK(lines_of(metrics->render(), "x{")[0] == "x{name=\"i\"} 0");
  auto longer = metrics->own().define(Kind::kGauge, "y", help + "h", "i");
  REQUIRE_FALSE(longer);
  CHECK(longer.error().message ==
        "metric 'y': its name, help and instance have more than 480 bytes together");
}

}  // namespace og
