// SPDX-License-Identifier: Apache-2.0
// Reading TZif files and the rules in them, by files made by hand.
// (bindings/python/tests/test_calendar.py reads those of the machine, and asks Python's zoneinfo.)
#include "core/base/time_zone.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/core/zone_files.h"

namespace og {
namespace {

using namespace test;

constexpr int64_t kHour = 3600, kDay = 24 * kHour;

// s of Unix time at 00:00 UTC of that day, of years from 1970 on: counted, not taken from a
// calendar.
int64_t utc(int year, int month, int day) {
  int64_t days = 0;
  const auto leaps = [](int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; };
  for (int y = 1970; y < year; ++y) days += leaps(y) ? 366 : 365;
  const int lengths[] = {31, leaps(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int m = 1; m < month; ++m) days += lengths[m - 1];
  return (days + day - 1) * kDay;
}

void changes_at(const TimeZone& zone, int64_t at, int64_t before, int64_t after) {
  INFO(at);
  CHECK(zone.span_at(at - 1).offset == before);
  CHECK(zone.span_at(at - 1).end == at);
  CHECK(zone.span_at(at).offset == after);
  CHECK(zone.span_at(at).begin == at);
}

std::string why(const ZoneFile& file) {
  const auto zone = TimeZone::parse(file.bytes());
  return zone ? "" : zone.error().message;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct Folder {
  std::string path = "/tmp/outgrow-zones-" + std::to_string(getpid());
  Folder() { mkdir(path.c_str(), 0700); }
  ~Folder() {
    unsetenv("TZDIR");
    std::remove((path + "/Here").c_str());
    rmdir((path + "/Sub").c_str());
    rmdir(path.c_str());
  }
};

}  // namespace

TEST_CASE("time zone: changes of clocks in 32 and in 64 bits, and then the rule") {
  const auto version = GENERATE('\0', '2', '3', '4');
  ZoneFile file{.version = version,
                .offsets = {-600, 3600, 7200},
                .changes = {{1000, 1}, {2000, 2}, {3000, 1}},
                .rule = version == '\0' ? "" : "ABC-1"};
  const auto zone = TimeZone::parse(file.bytes());
  REQUIRE(zone);
  CHECK(zone->span_at(-5'000'000'000).offset == -600);
  changes_at(*zone, 1000, -600, 3600);
  changes_at(*zone, 2000, 3600, 7200);
  changes_at(*zone, 3000, 7200, 3600);
  CHECK(zone->span_at(9'000'000'000).offset == 3600);
}

TEST_CASE("time zone: rules of POSIX, against days that are counted") {
  // The second Sunday of March, the first of November, at 2 in the morning.
  const TimeZone york = zone_of("EST5EDT,M3.2.0,M11.1.0");
  changes_at(york, utc(2024, 3, 10) + 7 * kHour, -5 * kHour, -4 * kHour);
  changes_at(york, utc(2024, 11, 3) + 6 * kHour, -4 * kHour, -5 * kHour);
  changes_at(york, utc(2100, 3, 14) + 7 * kHour, -5 * kHour, -4 * kHour);
  // In the south, by half an hour.
  const TimeZone howe = zone_of("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
  changes_at(howe, utc(2025, 4, 5) + 15 * kHour, 11 * kHour, 10 * kHour + 1800);
  changes_at(howe, utc(2025, 10, 4) + 15 * kHour + 1800, 10 * kHour + 1800, 11 * kHour);
  // Summer is the standard, winter an hour back; last Sundays.
  const TimeZone dublin = zone_of("IST-1GMT0,M10.5.0,M3.5.0/1");
  changes_at(dublin, utc(2025, 3, 30) + kHour, 0, kHour);
  changes_at(dublin, utc(2025, 10, 26) + kHour, kHour, 0);
  // Times before the day, and over it.
  const TimeZone nuuk = zone_of("<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
  changes_at(nuuk, utc(2025, 3, 30) + kHour, -2 * kHour, -kHour);
  changes_at(nuuk, utc(2025, 10, 26) + kHour, -kHour, -2 * kHour);
  const TimeZone gaza = zone_of("EET-2EEST,M3.4.4/50,M10.4.4/50");
  changes_at(gaza, utc(2026, 3, 28), 2 * kHour, 3 * kHour);
  // Days of the year: J60 is 1 March in every year, 59 is 29 February in leap years.
  const TimeZone julian = zone_of("AAA0BBB,J60/0,J300/0");
  changes_at(julian, utc(2023, 3, 1), 0, kHour);
  changes_at(julian, utc(2024, 3, 1), 0, kHour);
  const TimeZone counted = zone_of("AAA0BBB,59/0,300/0");
  changes_at(counted, utc(2023, 3, 1), 0, kHour);
  changes_at(counted, utc(2024, 2, 29), 0, kHour);
  // Summer all year: a change back in the moment of the next one forth is none.
  const TimeZone summer = zone_of("XXX3EDT4,0/0,J365/23");
  for (int64_t at = utc(2024, 12, 1); at < utc(2025, 2, 1); at += 600)
    REQUIRE(summer.span_at(at).offset == -4 * kHour);
  // Seconds, and no changes.
  CHECK(zone_of("LMT-0:09:21").span_at(0).offset == 561);
  CHECK(zone_of("UTC0").span_at(5).offset == 0);
}

TEST_CASE("time zone: what is no rule is told so") {
  for (const char* rule : {"A",
                           "AB1",
                           "ABC",
                           "ABC1DEF",
                           "ABC1DEF,M3.2.0",
                           "ABC1DEF,M3.2.0,",
                           "ABC1DEF,M13.2.0,M4.1.0",
                           "ABC1DEF,M3.6.0,M4.1.0",
                           "ABC1DEF,M3.0.0,M4.1.0",
                           "ABC1DEF,M3.1.7,M4.1.0",
                           "ABC1DEF,J0,J1",
                           "ABC1DEF,J366,J1",
                           "ABC1DEF,366,1",
                           "ABC1DEF,1/168,2",
                           "ABC25",
                           "ABC1:60",
                           "<ABC1",
                           "<A>1",
                           "ABC1DEF,M3.2.0,M4.1.0 ",
                           "ABC1DEF,M3.2.0,M4.1.0,1",
                           "ABC-",
                           "ABC1 DEF",
                           "\xff\xff\xff",
                           "ABC1DEF,M3.2.0,M99999999999999999999.1.0"}) {
    INFO(rule);
    CHECK(has(why({.rule = rule}), "no rule"));
  }
}

TEST_CASE("time zone: a file that is cut off, or odd, is told so") {
  const ZoneFile whole{.offsets = {0, 3600}, .changes = {{1000, 1}, {2000, 0}}, .rule = "UTC0"};
  const std::string bytes = whole.bytes();
  REQUIRE(TimeZone::parse(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    INFO(size);
    CHECK_FALSE(TimeZone::parse(bytes.substr(0, size)));
  }
  CHECK(why({.offsets = {}}) != "");
  CHECK(why({.offsets = {26 * 3600}}) != "");
  CHECK(why({.offsets = {-26 * 3600}}) != "");
  CHECK(why({.offsets = {0}, .changes = {{1000, 1}}}) != "");
  CHECK(why({.offsets = {0}, .changes = {{1000, 0}, {1000, 0}}}) != "");
  CHECK(why({.offsets = {0}, .changes = {{1000, 0}, {999, 0}}}) != "");
  CHECK(has(why({.leaps = 27}), "leap seconds"));
  CHECK_FALSE(TimeZone::parse("PK\3\4"));
  CHECK_FALSE(TimeZone::parse(std::string(2 << 20, 'T')));
  ZoneFile many;
  for (int i = 0; i < 20'000; ++i) many.changes.push_back({i, 0});
  CHECK(why(many) != "");
  // Without a last rule nothing is known of later: what was stays.
  CHECK(TimeZone::parse(ZoneFile{.offsets = {7}, .rule = ""}.bytes())->span_at(1 << 30).offset ==
        7);
}

TEST_CASE("time zone: names stay within the folder, which errors name") {
  Folder folder;
  setenv("TZDIR", folder.path.c_str(), 1);
  mkdir((folder.path + "/Sub").c_str(), 0700);
  std::ofstream(folder.path + "/Here") << ZoneFile{.rule = "ABC-5"}.bytes();
  const auto here = TimeZone::load("Here");
  REQUIRE(here);
  CHECK(here->span_at(0).offset == 5 * kHour);
  CHECK(TimeZone::load("UTC"));  // of no file
  for (const char* name : {"Nowhere", "Sub", "Here/There"}) {
    INFO(name);
    const auto none = TimeZone::load(name);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Status::kBadValue);
    CHECK(has(none.error().message, folder.path));
  }
  for (const char* name : {"", "/Here", "../Here", "Sub/../Here", "./Here", "Sub//Here", "Here/",
                           ".hidden", "He re", "Here\n", "H\xc3\xa9re"}) {
    INFO(name);
    const auto none = TimeZone::load(name);
    REQUIRE_FALSE(none);
    CHECK(has(none.error().message, "IANA"));
  }
  CHECK_FALSE(TimeZone::load(std::string(300, 'a')));
  std::ofstream(folder.path + "/Here") << "nothing";
  CHECK(has(TimeZone::load("Here").error().message, "TZif"));
}

}  // namespace og
