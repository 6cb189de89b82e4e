// SPDX-License-Identifier: Apache-2.0
// Every name that lands in a report or an exposition is UTF-8, or refused under its argument's
// name.
#include "core/base/text_argument.h"

#include "core/balance/endpoints.h"
#include "core/guard/breaker.h"
#include "core/observe/metrics.h"
#include "core/service/server_list.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

struct Nothing {
  void collect(MetricSink&) const {}
};

template <class R>
void refused(const R& result, const std::string& argument, Status code = Status::kInvalidArgument) {
  REQUIRE_FALSE(result);
  CHECK(result.error().code == code);
  CHECK(result.error().option == argument);
  CHECK(result.error().message == argument + " is not UTF-8 from its byte 1 on");
  CHECK(check_text(result.error().message, "message"));
}

// From RFC 3629 and Kuhn's stress test: overlong, surrogate, past U+10FFFF, cut off, stray;
// Latin-1.
const std::string kBad[] = {"a\xc0\xaf", "a\xed\xa0\x80", "a\xf4\x90\x80\x80",
                            "a\xe2\x82", "a\xbf",         "a\xe9t"};

}  // namespace

TEST_CASE("what is UTF-8 is told from what is not, and where") {
  for (const char* good : {"", "a", "\u00e9\u20ac\U0001f600", "\ud7ff\U0010ffff"})
    CHECK(check_text(good, "x"));
  for (const std::string& bad : kBad) refused(check_text(bad, "x"), "x");
  CHECK(check_text("\u00e9\xff", "x").error().message == "x is not UTF-8 from its byte 2 on");
}

TEST_CASE("names of series and of what is added, help texts and instances are UTF-8") {
  auto metrics = std::move(*Metrics::create({}));
  using Kind = OwnSeries::Kind;
  for (const std::string& bad : kBad) {
    refused(metrics->add("thing", bad, std::make_shared<Nothing>()), "name");
    refused(metrics->own().define(Kind::kCounter, bad, "", ""), "name");
    refused(metrics->own().define(Kind::kGauge, "x", bad, ""), "help");
    refused(metrics->own().define(Kind::kGauge, "x", "", bad), "instance");
  }
  CHECK(metrics->add("thing", "na\u00efve", std::make_shared<Nothing>()));
  CHECK(metrics->own().define(Kind::kGauge, "x", "na\u00efve", "na\u00efve"));
}

TEST_CASE("names and zones of endpoints are UTF-8, also in a service's list") {
  auto set = std::move(*EndpointSet::create({}));
  for (const std::string& bad : kBad) {
    refused(set->add(bad, 1, ""), "name");
    refused(set->put(bad, 1, ""), "name");
    refused(set->add("b", 1, bad), "zone");
    refused(set->put("b", 1, bad), "zone");
    refused(parse_servers(bad + "=1"), "servers", Status::kBadValue);
  }
  CHECK(set->count() == 0);
  CHECK(set->add("na\u00efve", 1, "\u00e9"));
}

TEST_CASE("names of scopes and of what lies in them are UTF-8") {
  const test::SegmentName name;
  const auto segment = test::attach(name.settings());
  for (const std::string& bad : kBad) {
    refused(Breaker::create({}, make_manual_clock(0), Place(segment, bad)), "name");
  }
  CHECK(Breaker::create({}, make_manual_clock(0), Place(segment, "na\u00efve")));
  auto settings = name.settings();
  settings.name += "\xff";
  const auto scoped = Segment::attach(settings);
  REQUIRE_FALSE(scoped);
  CHECK(scoped.error().code == Status::kInvalidArgument);
  CHECK(scoped.error().option == "name");
}

}  // namespace og
