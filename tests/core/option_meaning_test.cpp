// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "core/base/options.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr OptionSpec kRows[] = {
    {.name = "rate", .type = OptionType::kRate, .fallback = nullptr, .max = 1e9, .changes = true},
    {.name = "keys", .type = OptionType::kInt, .fallback = "1024", .min = 1, .max = 1e6},
    {.name = "open_ms",
     .type = OptionType::kDuration,
     .fallback = "1s",
     .max = 1e9,
     .changes = true},
    {.name = "label", .type = OptionType::kEnum, .fallback = "", .choices = "a|b"},
    {.name = "on", .type = OptionType::kBool, .fallback = "false", .of_caller = true},
};
constexpr OptionTable kTable{"thing", kRows};
// The same noun, of the release after it.
constexpr OptionSpec kNewerRows[] = {
    kRows[0],
    kRows[1],
    kRows[2],
    kRows[3],
    kRows[4],
    {.name = "more", .type = OptionType::kInt, .fallback = "7", .max = 100, .changes = true}};
constexpr OptionTable kNewer{"thing", kNewerRows};

Config config_of(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  Config config;
  for (const auto& [name, value] : pairs) config.set(name, value);
  return config;
}
Options resolved(const OptionTable& table, const Config& config) {
  auto options = Options::resolve(table, config);
  if (!options) FAIL(options.error().message);
  return *options;
}

}  // namespace

TEST_CASE("options' meaning: what is not at its default, without what is the caller's") {
  CHECK(resolved(kTable, config_of({{"rate", "60/min"}})).meaning() == "rate=60/60s");
  CHECK(resolved(kTable, config_of({{"rate", "60/min"}, {"keys", "1024"}, {"open_ms", "1000"}}))
            .meaning() == "rate=60/60s");  // given, but as it would be
  CHECK(
      resolved(kTable, config_of({{"rate", "1/s"}, {"keys", "5"}, {"label", "b"}, {"on", "true"}}))
          .meaning() == "rate=1/1s keys=5 label=b");
}

TEST_CASE("options' meaning: a release with one option more reads it, and one with one less") {
  const Options older = resolved(kTable, config_of({{"rate", "1/s"}, {"on", "true"}}));
  const Options newer = resolved(kNewer, config_of({{"rate", "1/s"}, {"more", "8"}}));
  auto read = Options::recall(kNewer, older.meaning(), &newer);
  REQUIRE(read);
  CHECK(read->to_text() == "rate=1/1s keys=1024 open_ms=1s label= on=false more=7");
  CHECK(read->difference(newer)->option == "more");
  read = Options::recall(kTable, newer.meaning(), &older);
  REQUIRE(read);
  CHECK(read->to_text() == "rate=1/1s keys=1024 open_ms=1s label= on=true");
  CHECK_FALSE(read->difference(older));
  CHECK_FALSE(Options::recall(kTable, "keys=5", &older));            // no rate
  CHECK_FALSE(Options::recall(kTable, "rate=1/s label=c", &older));  // a word of a newer release
  CHECK_FALSE(Options::recall(kTable, "rate rate= =1 x", &older));
}

TEST_CASE("options' meaning: a text with blanks is the same text when it is read") {
  static constexpr OptionSpec kTexts[] = {
      {.name = "text", .type = OptionType::kString, .fallback = ""},
      {.name = "keys",
       .type = OptionType::kInt,
       .fallback = "1024",
       .min = 1,
       .max = 1e6,
       .changes = true}};
  static constexpr OptionTable kTextTable{"thing", kTexts};
  const auto options = resolved(kTextTable, config_of({{"text", "a: b keys=3; c"}}));
  auto changed = Options::change(kTextTable, options.meaning(), config_of({{"keys", "5"}}));
  REQUIRE(changed);
  CHECK(changed->after.to_text(0) == "a: b keys=3; c");
  CHECK(changed->after.to_text(1) == "5");
  CHECK(*Options::words(options.meaning()).find("text") == "a: b keys=3; c");
}

TEST_CASE("options' change: what is not named stays, also what a newer release has said") {
  auto changed = Options::change(kTable, "rate=1/1s keys=5 more=8", config_of({{"rate", "2/s"}}));
  REQUIRE(changed);
  CHECK(changed->before.to_text(0) == "1/1s");
  CHECK(changed->after.to_text(0) == "2/1s");
  CHECK(changed->meaning == "rate=2/1s keys=5 more=8");
  CHECK(Options::change(kTable, "rate=1/1s open_ms=2s", config_of({{"open_ms", "1s"}}))->meaning ==
        "rate=1/1s");
  CHECK(Options::change(kTable, "rate=1/1s keys=5", config_of({{"keys", "5"}, {"on", "true"}})));
}

TEST_CASE("options' change: what cannot change is an error that names it") {
  auto why = [](std::initializer_list<std::pair<const char*, const char*>> pairs) {
    return Options::change(kTable, "rate=1/1s keys=5", config_of(pairs)).error();
  };
  CHECK(why({{"keys", "6"}}).message ==
        "option 'keys' cannot become 6 while the thing is in use: it is 5");
  CHECK(why({{"keys", "6"}}).option == "keys");
  CHECK(why({{"rates", "6"}}).message == "unknown option 'rates' for thing; did you mean 'rate'?");
  CHECK(why({{"rate", "x"}}).code == Status::kBadValue);
}

}  // namespace og
