// SPDX-License-Identifier: Apache-2.0
// What `outgrow host show --verify` says of objects that somebody wrote over.
#include "core/inspect/host_faults.h"

#include <cstring>

#include "core/balance/balancer.h"
#include "core/guard/concurrency.h"
#include "core/inspect/host_report.h"
#include "core/inspect/opened_object.h"
#include "core/observe/metrics.h"
#include "core/scope/segment_layout.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

using test::SegmentName;
using Faults = std::vector<std::string>;

// The only object of a segment.
uint64_t* words_of(const std::shared_ptr<Segment>& segment) {
  const auto objects = segment->objects();
  REQUIRE(objects.size() == 1);
  auto found = test::object_of(segment, objects[0]);
  if (!found) FAIL(found.error().message);
  return static_cast<uint64_t*>(found->memory);
}
constexpr size_t kLine = 8;  // words

Faults faults_of(const std::shared_ptr<Segment>& segment) {
  auto faults = host_faults(segment);
  return faults ? *faults : Faults{faults.error().message};
}

}  // namespace

TEST_CASE("host faults: endpoints") {
  SegmentName name;
  auto segment = test::attach(name.settings());
  Config config;
  config.set_int("max_endpoints", 4);
  auto set = std::move(*EndpointSet::create(config, Place(segment, "servers")));
  for (const char* server : {"a", "b", "c"}) REQUIRE(set->add(server, 1, "zone"));
  REQUIRE(set->remove(2));
  config = {};
  config.set("ticket_ms", "0");
  auto balancer = std::move(*Balancer::create(config, set, system_clock()));
  int32_t endpoint;
  const int64_t ticket = balancer->acquire("", &endpoint);
  REQUIRE(ticket > 0);
  CHECK(faults_of(segment) == Faults{});

  // The head, whose second word is how many indexes were given; then a record an index.
  uint64_t* words = words_of(segment);
  const auto record = [&](size_t index) {
    for (size_t at = kLine;; at += kLine) {  // the text is found by its lengths: one letter, "zone"
      const char text[] = {1, 4, static_cast<char>('a' + index), 'z', 'o', 'n', 'e'};
      if (std::memcmp(words + at + 2, text, sizeof text) == 0) return words + at;
    }
  };
  const auto with = [&](uint64_t* word, uint64_t value) {
    const uint64_t before = std::exchange(*word, value);
    const Faults faults = faults_of(segment);
    *word = before;
    return faults;
  };
  uint64_t* const b = record(1);
  CHECK(with(words + 1, 5) == Faults{"'servers': has given 5 indexes of 4"});
  CHECK(with(words + 1, 2) == Faults{"'servers': endpoint 2 stands before its index was given"});
  CHECK(with(b, *b | 3) == Faults{"'servers': endpoint 1 is half made"});
  CHECK(with(b, *b | 0xfffff << 3) == Faults{"'servers': endpoint 1 weighs 1048575"});
  CHECK(with(b + 2, 0) == Faults{"'servers': endpoint 1 has no name"});
  CHECK(with(b + 2, record(0)[2]) == Faults{"'servers': endpoint 1 has the name of another: 'a'"});
  CHECK(faults_of(segment) == Faults{});
}

TEST_CASE("host faults: calls in flight") {
  SegmentName name;
  auto segment = test::attach(name.settings());
  std::vector<std::string> nothing;
  alignas(64) static char memory[4096];
  InFlightRows rows(memory, *segment);
  rows.add(rows.row(1));
  CHECK(rows.faults(2) == nothing);
  rows.row(1)->fetch_or(0x80000000);
  CHECK(rows.faults(2) == Faults{"endpoint 1 has 2147483649 calls in flight"});
  auto* columns = reinterpret_cast<uint64_t*>(memory) + 1;
  *columns = 0;
  CHECK(rows.faults(2) == Faults{"has calls of attachment 0, which has made none"});
  *columns = 17;
  CHECK(rows.faults(0) == Faults{"has calls of attachment 16"});
}

TEST_CASE("host faults: permits") {
  SegmentName name;
  auto segment = test::attach(name.settings());
  Config config;
  config.set_int("limit", 3);
  auto limiter =
      std::move(*ConcurrencyLimiter::create(config, system_clock(), Place(segment, "calls")));
  REQUIRE(limiter->enter() > 0);
  REQUIRE(limiter->enter() > 0);
  CHECK(faults_of(segment) == Faults{});
  PermitSlot<>* slots = nullptr;
  for (uint64_t* at = words_of(segment); !slots; at += kLine) {
    for (size_t i = 0; i < kLine && !slots;
         i += 2) {  // the first line that an attachment has a permit in
      if (at[i + 1] == segment->owner()) slots = reinterpret_cast<PermitSlot<>*>(at);
    }
  }
  PermitSlot<>* out = slots;
  while (out->read().was_returned()) ++out;
  const uint64_t holder = out->holder;
  const std::string permit = "'calls': has permit " + std::to_string(out - slots) + " of 3 out";
  out->holder = holder & PermitSlot<>::kLowMask;
  CHECK(faults_of(segment) == Faults{permit + ", which was never given"});
  out->holder = holder;
  out->attachment = 17;
  CHECK(faults_of(segment) == Faults{permit + " to nobody"});
  out->attachment = segment->owner();
  slots[3].holder = holder;
  CHECK(faults_of(segment) == Faults{"'calls': has permit 3 of 3 out"});
  slots[3].holder = 0;
  CHECK(faults_of(segment) == Faults{});
}

TEST_CASE("host faults: series") {
  SegmentName name;
  auto segment = test::attach(name.settings());
  Config config;
  config.set_int("series", 4);
  auto metrics = std::move(*Metrics::create(config, Place(segment, "counts")));
  using Kind = OwnSeries::Kind;
  REQUIRE(metrics->own().define(Kind::kCounter, "jobs_total", "", "a"));
  REQUIRE(metrics->own().define(Kind::kCounter, "jobs_total", "", "b"));
  REQUIRE(metrics->own().increment(1, 7) == Status::kOk);
  CHECK(faults_of(segment) == Faults{});
  auto* records = reinterpret_cast<SeriesRecord*>(words_of(segment));
  records[1].kind = 9;
  CHECK(faults_of(segment) == Faults{"'counts': series 1 is of kind 9"});
  records[1].kind = 1;
  records[1].count = -1;
  CHECK(faults_of(segment) == Faults{"'counts': series 1 has counted less than nothing"});
  records[1].count = 7;
  records[1].family = 500;
  CHECK(faults_of(segment) == Faults{"'counts': series 1 has no name"});
  records[1].family = records[0].family;
  records[1].text[records[1].family + records[1].help] = 'a';
  CHECK(faults_of(segment) == Faults{"'counts': series 1 has the name of another: jobs_total"});
  records[1].text[records[1].family + records[1].help] = 'b';
  records[0].kind = 0;
  CHECK(faults_of(segment) == Faults{"'counts': series 1 was defined after one that was not"});
}

TEST_CASE("host faults: series that processes add up") {
  SegmentName name;
  auto segment = test::attach(name.settings());
  Config config;
  config.set_int("series", 4);
  config.set_int("shared_series", 2);
  auto metrics = std::move(*Metrics::create(config, Place(segment, "counts")));
  REQUIRE(metrics->add("jobs", "a", [](MetricSink& sink) {
    sink.counter("jobs_total", "Jobs.", {{"kind", "x"}}, 7);
    sink.gauge("jobs_waiting", "Jobs.", {}, 2.5);
  }));
  metrics->render();
  CHECK(faults_of(segment) == Faults{});
  const std::string shown = host_report(segment, false);
  CHECK(shown.find(R"("added_up":{"jobs_total{name=\"a\",kind=\"x\"}":7,)") != shown.npos);
  CHECK(shown.find(R"("jobs_waiting{name=\"a\"}":2.5)") != shown.npos);

  // Behind the four of the program's own; behind the records, whose each column is.
  char* memory = reinterpret_cast<char*>(words_of(segment));
  auto* records = reinterpret_cast<SeriesRecord*>(memory) + 4;
  records[0].count = -1;
  CHECK(faults_of(segment) == Faults{"'counts': added up, series 0 has counted less than nothing"});
  records[0].count = 7;
  records[1].kind = 9;
  CHECK(faults_of(segment) == Faults{"'counts': added up, series 1 is of kind 9"});
  records[1].kind = 2;
  char* const label = records[0].text + records[0].family + records[0].help;
  const char first = std::exchange(*label, '\n');
  CHECK(faults_of(segment) == Faults{"'counts': added up, series 0 has labels of two lines"});
  *label = first;
  auto* columns = reinterpret_cast<uint64_t*>(records + 2);
  columns[5] = segment->owner();
  CHECK(faults_of(segment) == Faults{"'counts': added up, column 5 is noted as attachment " +
                                     std::to_string(owner_index(segment->owner())) + "'s"});
  columns[5] = 0;
  CHECK(faults_of(segment) == Faults{});
}

}  // namespace og
