// SPDX-License-Identifier: Apache-2.0
// Windows of a calendar: what they are, and what a clock that is set, other files of a zone and
// damaged memory make of them. (Which instants they begin at in the zones that there are is tested
// against Python's zoneinfo: bindings/python/tests/test_calendar.py.)
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include "core/limit/calendar.h"
#include "tests/core/host_processes.h"
#include "tests/core/window_models.h"
#include "tests/core/zone_files.h"

namespace og {
namespace {

using namespace test;

constexpr int64_t kHour = 3600, kDay = 24 * kHour;
constexpr CalendarUnit kUnits[] = {CalendarUnit::kHour, CalendarUnit::kDay, CalendarUnit::kWeek,
                                   CalendarUnit::kMonth, CalendarUnit::kYear};
constexpr const char* kRules[] = {
    "UTC0",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "<-03>3<-02>,M11.1.0/0,M2.3.0/0",  // midnight is left out; the day ends with an hour twice
    "CST5CDT,M3.2.0/0,M11.1.0/1",      // midnight is left out; another comes twice
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    "AAA12BBB-12,J100/0,J200/0",  // a day that is left out, and one that comes twice
    "AAA-23:59BBB23:59,J1/0,J2/0",
};

// A folder of zones, which TZDIR names while it is there.
struct Zones {
  std::string path;
  explicit Zones(const char* name) : path("/tmp/outgrow-" + std::to_string(getpid()) + name) {
    mkdir(path.c_str(), 0700);
  }
  ~Zones() {
    unsetenv("TZDIR");
    unlink((path + "/Zone").c_str());
    rmdir(path.c_str());
  }
  void use(const char* rule) const {
    std::ofstream(path + "/Zone") << ZoneFile{.rule = rule}.bytes();
    setenv("TZDIR", path.c_str(), 1);
  }
};

std::unique_ptr<Limiter> make(const char* rate, const char* zone, const Place& place = {},
                              int64_t keys = 64) {
  Config config;
  config.set("policy", "calendar_window");
  config.set("rate", rate);
  config.set("time_zone", zone);
  config.set_int("keys", keys);
  auto made = Limiter::create(config, make_manual_clock(0), place);
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

}  // namespace

TEST_CASE("limiter calendar: windows follow one another, and are those that the clocks show") {
  for (const char* rule : kRules) {
    const TimeZone zone = zone_of(rule);
    const Calendar calendar{zone_of(rule)}, fresh{zone_of(rule)};
    std::mt19937_64 random(7);
    int64_t wrong = 0;
    for (int i = 0; i < 4000; ++i) {
      const auto unit = kUnits[random() % kCalendarUnits];
      int64_t at = static_cast<int64_t>(random() % 9'223'372'036);
      if (const int64_t change = zone.span_at(at).begin; i % 3 == 0 && change > 0)
        at = change + at % 3 - 1;
      const auto window = calendar.at(unit, at);
      wrong += at < window.begin || window.end <= at;
      const auto next = calendar.at(unit, window.end), again = fresh.at(unit, at);
      wrong += next.begin != window.end || next.number <= window.number;
      wrong += again.begin != window.begin || again.end != window.end;
      wrong += again.number != window.number;
      wrong += calendar.begin_of(unit, window.number + 1) > window.end;
      // No clock has shown the next one's beginning before it.
      const auto shows = [&](int64_t s) { return s + zone.span_at(s).offset; };
      const int64_t beginning = [&] {
        const Calendar utc(TimeZone::utc());
        return utc.begin_of(unit, window.number + 1);
      }();
      if (window.end > 9'223'372'036) continue;
      wrong += shows(window.end) < beginning;
      for (int step = 1; step < 60; ++step)
        wrong += shows(window.end - step * step * 25) >= beginning;
    }
    INFO(rule);
    CHECK(wrong == 0);
  }
}

// Days are set back and on; a key passes what it may in each day that the clock has shown, once.
TEST_CASE("limiter calendar: however the clock is set, a window passes its count once") {
  const int64_t keys = GENERATE(64, 8);  // of which cells are lost to other keys
  auto limiter = make("3/day", "UTC", {}, keys);
  std::mt19937_64 random(static_cast<uint64_t>(keys));
  std::map<std::string, std::map<int64_t, int64_t>> passed;  // by the day on the clock
  std::set<int64_t> shown;
  int64_t day = 20'000, over = 0, back = 0;
  limiter->acquire_at("start", 1, day * kDay * kSecond);
  for (int i = 0; i < 40'000; ++i) {
    if (random() % 50 == 0) {
      const auto step = static_cast<int64_t>(random() % 9) - 4;
      back += step < 0;
      day = std::max<int64_t>(20'000, day + step);
    }
    shown.insert(day);
    const int64_t now = (day * kDay + static_cast<int64_t>(random() % kDay)) * kSecond;
    const std::string key = std::to_string(random() % (keys == 8 ? 200 : 20));
    if (limiter->acquire_at(key, 1, now) != 0) continue;
    ++passed[key][day];
    int64_t total = 0;
    for (const auto& [of, count] : passed[key]) total += count;
    over += total > 3 * static_cast<int64_t>(shown.size());
  }
  CHECK(over == 0);
  CHECK(back > 100);
  if (keys == 8) CHECK(limiter->evictions() > 100);
  CHECK(limiter->faults().empty());
}

TEST_CASE("limiter calendar: processes whose files of a zone differ share each window once") {
  Zones old("-old"), now("-new");
  SegmentName name;
  auto segment = attach(name.settings(64 << 20));
  now.use("AAA0");
  auto one = make("10/day", "Zone", Place(segment, "days"));
  old.use("AAA-3");  // whose days begin three hours before
  auto other = make("10/day", "Zone", Place(segment, "days"));
  std::mt19937_64 random(3);
  int64_t over = 0, denied = 0;
  std::map<std::string, int64_t> total;
  const int64_t first = 20'000 * kDay;  // at which they are of one mind; then of two
  for (int64_t hour = 0; hour < 24 * 365; ++hour) {
    for (int i = 0; i < 4; ++i) {
      auto& limiter = random() % 2 ? *one : *other;
      const std::string key(1, static_cast<char>('a' + random() % 4));
      const int64_t at = (first + hour * kHour) * kSecond;
      if (limiter.acquire_at(key, 1 + static_cast<int64_t>(random() % 5), at) == 0)
        ++total[key];
      else
        ++denied;
      // At noon nobody doubts which day it is, and both say the same of each key.
      if (hour % 24 == 12) {
        Standing mine, its;
        one->standing_at(key, at, mine);
        other->standing_at(key, at, its);
        over += mine.remaining != its.remaining;
      }
    }
  }
  for (const auto& [key, count] : total) over += count > 10 * 366;
  CHECK(over == 0);
  CHECK(denied > 1000);
  CHECK(one->faults().empty());
}

TEST_CASE("limiter calendar: a zone is one for all who share it") {
  SegmentName name;
  auto segment = attach(name.settings(64 << 20));
  Zones zones("-one");
  zones.use("AAA-3");
  auto one = make("10/day", "Zone", Place(segment, "days"));
  const int64_t nine = (20'000 * kDay + 21 * kHour) * kSecond;  // UTC: midnight there
  REQUIRE(one->acquire_at("k", 10, nine) == 0);
  Config config;
  config.set("policy", "calendar_window");
  config.set("rate", "10/day");
  config.set("time_zone", "UTC");
  config.set_int("keys", 64);
  const auto other = [&](const char* on_mismatch) {
    config.set("on_mismatch", on_mismatch);
    return Limiter::create(config, make_manual_clock(0), Place(segment, "days"));
  };
  const auto refused = other("refuse");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().option == "time_zone");
  auto adopting = other("adopt");
  REQUIRE(adopting);
  CHECK((*adopting)->acquire_at("k", 1, nine) == kDay * kSecond);
  // It cannot change while it is in use.
  const auto replacing = other("replace");
  REQUIRE_FALSE(replacing);
  CHECK(replacing.error().option == "time_zone");
  one.reset();
  adopting->reset();
  auto anew = other("replace");
  REQUIRE(anew);
  CHECK((*anew)->acquire_at("k", 10, nine) == 0);
  CHECK((*anew)->acquire_at("k", 1, nine) == 3 * kHour * kSecond);
}

TEST_CASE("limiter calendar: so many changes, and the values of all have room") {
  auto limiter = make("1000000/hour", "UTC");
  Config config;
  for (int i = 0; i < 500; ++i) {
    config.set("rate", i % 2 ? "1000000/hour" : "999999/year");
    const int64_t now = (20'000 + i) * kDay * kSecond;
    const auto changed = limiter->reconfigure_at(config, now);
    if (!changed) FAIL(changed.error().message);
    REQUIRE(limiter->acquire_at("k", 10, now) == 0);
  }
}

TEST_CASE("limiter calendar: the greatest counts that are let in, and what is not") {
  const auto why = [](const char* rate, const char* burst) -> std::string {
    Config config;
    config.set("policy", "calendar_window");
    config.set("rate", rate);
    config.set("burst", burst);
    config.set_int("keys", 16);
    auto made = Limiter::create(config, make_manual_clock(0));
    if (!made) return made.error().option;
    // At the end of time too.
    if ((*made)->acquire_at("k", 5, kEndOfTime) != 0) return "k";
    return (*made)->acquire_at("k", int64_t{1} << 60, kEndOfTime) == kNeverPasses ? "" : "never";
  };
  CHECK(why("1000000000000/hour", "1000000000000") == "");
  CHECK(why("1000000000001/day", "0") == "rate");
  CHECK(why("5/2h", "0") == "rate");
  CHECK(why("5/s", "0") == "rate");
  CHECK(why("5/86400s", "0") == "");
  CHECK(why("5/month", "0") == "");
  CHECK(why("5/week", "0") == "");
}

}  // namespace og
