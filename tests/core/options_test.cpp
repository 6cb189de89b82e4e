// SPDX-License-Identifier: Apache-2.0
#include "core/base/typed_options.h"
#include "tests/catch.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "rate", .type = OptionType::kRate, .fallback = nullptr, .min = 0.001, .max = 1e9,
     .unit = "events/s"},
    {.name = "burst", .type = OptionType::kInt, .fallback = "10", .min = 1, .max = 1000},
    {.name = "ttl_ms", .type = OptionType::kDuration, .fallback = "30s", .min = 0, .max = 86400000,
     .unit = "ms"},
    {.name = "budget", .type = OptionType::kBytes, .fallback = "64MiB", .min = 1024, .max = 1e15,
     .unit = "bytes"},
    {.name = "policy", .type = OptionType::kEnum, .fallback = "allow", .choices = "allow|deny"},
    {.name = "jitter", .type = OptionType::kDouble, .fallback = "0.1", .min = 0, .max = 1},
    {.name = "strict", .type = OptionType::kBool, .fallback = "false"},
};
// clang-format on
constexpr OptionTable kTable{"thing", kRows};
enum class WhenFull { kAllow, kDeny };

constexpr OptionSpec kRateRow[] = {
    {.name = "rate", .type = OptionType::kRate, .fallback = "", .min = 1, .max = 2}};
constexpr OptionTable kRateTable{"thing", kRateRow};

Error error_of(const char* name, const char* value) {
  Config config;
  config.set("rate", "1/s");
  config.set(name, value);
  auto options = Options::resolve(kTable, config);
  REQUIRE_FALSE(options);
  return options.error();
}

}  // namespace

TEST_CASE("text parses as the table says") {
  Config config;
  config.set("rate", "1000/min");
  config.set("ttl_ms", "1.5s");
  config.set("budget", "10kB");
  config.set("policy", "deny");
  config.set_bool("strict", true);
  auto options = OptionsOf<kTable>::resolve(config);
  REQUIRE(options);
  CHECK(options->rate("rate").count == 1000);
  CHECK(options->rate("rate").period_ns == 60'000'000'000);
  CHECK(options->duration_ns("ttl_ms") == 1'500'000'000);
  CHECK(options->bytes("budget") == 10'000);
  CHECK(options->choice<WhenFull>("policy") == WhenFull::kDeny);
  CHECK(options->word("policy") == "deny");
  CHECK(options->flag("strict"));
  CHECK(options->integer("burst") == 10);
  CHECK(options->number("jitter") == Approx(0.1));
  CHECK_FALSE(options->given("burst"));
}

TEST_CASE("a bare number has the option's unit") {
  CHECK(parse_duration("250").value() == 250'000'000);
  CHECK(parse_bytes("512").value() == 512);
  CHECK(parse_rate("7").value().period_ns == 1'000'000'000);
  CHECK(parse_rate("5/250ms").value().period_ns == 250'000'000);
}

TEST_CASE("large whole numbers stay exact") {
  CHECK(parse_bytes("9007199254740993").value() == 9007199254740993);  // 2^53 + 1
}

TEST_CASE("an unknown option names the nearest known one") {
  Error error = error_of("bust", "3");
  CHECK(error.code == Status::kUnknownOption);
  CHECK(error.option == "bust");
  CHECK(error.message == "unknown option 'bust' for thing; did you mean 'burst'?");
  CHECK(error_of("completely_else", "3").message ==
        "unknown option 'completely_else' for thing; `outgrow options thing` says which it has");
}

TEST_CASE("an option without its last word is known by the rest") {
  const std::string_view known[] = {"ttl", "ttl_ms", "negative_ttl_ms", "open_ms", "max_step_up"};
  CHECK(nearest_name("open", known) == "open_ms");
  CHECK(nearest_name("max_step", known) == "max_step_up");
  CHECK(nearest_name("negative_ttl", known) == "negative_ttl_ms");
  CHECK(nearest_name("op", known).empty());
  CHECK(nearest_name("", known).empty());
}

TEST_CASE("a bad value names the option, the value and the range") {
  auto [name, value] = GENERATE(table<const char*, const char*>({
      {"burst", "0"},
      {"burst", "1001"},
      {"burst", "1.5"},
      {"burst", ""},
      {"burst", "99999999999999999999"},
      {"ttl_ms", "-1"},
      {"ttl_ms", "1 fortnight"},
      {"budget", "1PiBs"},
      {"budget", "-5"},
      {"jitter", "nan"},
      {"jitter", "inf"},
      {"jitter", "2"},
      {"rate", "0/s"},
      {"rate", "-1/s"},
      {"rate", "5/0s"},
      {"rate", "5/"},
      {"rate", "/s"},
      {"strict", "yes"},
      {"policy", "allw"},
  }));
  Error error = error_of(name, value);
  INFO(error.message);
  CHECK(error.code == Status::kBadValue);
  CHECK(error.option == name);
  CHECK(error.message.find(std::string("'") + value + "'") != std::string::npos);
}

TEST_CASE("bounds are as exact as values") {
  constexpr double kYearMs = 365.0 * 86'400'000;  // in nanoseconds past 2^53
  constexpr OptionSpec rows[] = {
      {.name = "ttl_ms",
       .type = OptionType::kDuration,
       .fallback = "0.001",
       .min = 0.001,
       .max = kYearMs,
       .unit = "ms"},
      {.name = "size",
       .type = OptionType::kBytes,
       .fallback = "1",
       .min = 1,
       .max = 0x1p55,
       .unit = "bytes"},
      {.name = "seed", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 0x1p53},
  };
  const OptionTable table{"thing", rows};
  const auto takes = [&](const char* name, const char* text) {
    Config config;
    config.set(name, text);
    return Options::resolve(table, config).has_value();
  };
  CHECK(takes("ttl_ms", "365d"));
  CHECK(takes("ttl_ms", "31536000000000000ns"));
  CHECK_FALSE(takes("ttl_ms", "31536000000000001ns"));
  CHECK(takes("ttl_ms", "1us"));
  CHECK_FALSE(takes("ttl_ms", "999ns"));
  CHECK(takes("size", "36028797018963968"));
  CHECK_FALSE(takes("size", "36028797018963969"));
  CHECK(takes("seed", "9007199254740992"));
  CHECK_FALSE(takes("seed", "9007199254740993"));
  CHECK_FALSE(takes("seed", "-1"));
}

TEST_CASE("a number given as one is taken however it is written") {
  Config config;
  config.set_double("rate", 1e6);
  config.set_double("burst", 1e2);
  config.set_double("ttl_ms", 1e-5);
  config.set_double("budget", 1e6);
  config.set_double("jitter", 1e-7);
  auto options = OptionsOf<kTable>::resolve(config);
  REQUIRE(options);
  CHECK(options->rate("rate").count == 1'000'000);
  CHECK(options->integer("burst") == 100);
  CHECK(options->duration_ns("ttl_ms") == 10);
  CHECK(options->bytes("budget") == 1'000'000);
  CHECK(options->number("jitter") == 1e-7);
}

TEST_CASE("an error is one line, and says what is allowed without exponents") {
  CHECK(error_of("rate", "1/.5s").message ==
        "option 'rate' cannot be '1/.5s': use whole events over a time such as 100/s, 1000/min or "
        "5/250ms, "
        "0.001 to 1000000000 events/s");
  CHECK(error_of("ttl_ms", "1\n\x1b[31m")
            .message.find("cannot be '1\\x0a\\x1b[31m': use milliseconds, or") !=
        std::string::npos);
  // Cut between letters, not within one of two bytes.
  const std::string umlauts = [] {
    std::string text = "x";
    for (int i = 0; i < 60; ++i) text += "\xc3\xbc";
    return text;
  }();
  CHECK(error_of("policy", umlauts.c_str()).message.find("'" + umlauts.substr(0, 79) + "...'") !=
        std::string::npos);
  CHECK(error_of("policy", "\xff\xc2\x9b").message.find("'\xef\xbf\xbd\\x9b'") !=
        std::string::npos);
}

TEST_CASE("an option without a default must be given") {
  auto options = Options::resolve(kTable, Config{});
  REQUIRE_FALSE(options);
  CHECK(options.error().option == "rate");
}

TEST_CASE("a section is the options under a prefix") {
  Config config;
  config.set("limiter.rate", "1/s");
  config.set("limiterrate", "x");
  config.set("cache.budget", "1MiB");
  CHECK(config.section("limiter").entries().size() == 1);
  CHECK(*config.section("limiter").find("rate") == "1/s");
}

TEST_CASE("a config's own options are those in no section") {
  Config config;
  config.set("burst", "3");
  config.set("limiter.rate", "1/s");
  CHECK(config.own().entries().size() == 1);
  CHECK(*config.own().find("burst") == "3");
}

TEST_CASE("errors in a section name the option in full") {
  Config config;
  config.set("outer.thing.burst", "0");
  Config section = config.section("outer").section("thing");
  auto missing = Options::resolve(kTable, section);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().option == "outer.thing.rate");
  config.set("outer.thing.rate", "1/s");
  auto bad = Options::resolve(kTable, config.section("outer").section("thing"));
  REQUIRE_FALSE(bad);
  CHECK(bad.error().option == "outer.thing.burst");
  CHECK(bad.error().message.find("option 'outer.thing.burst' cannot be '0'") == 0);
  config.set("outer.thing.brust", "1");
  auto unknown = Options::resolve(kTable, config.section("outer").section("thing"));
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().option == "outer.thing.brust");
  CHECK(unknown.error().message.find("did you mean 'outer.thing.burst'?") != std::string::npos);
}

TEST_CASE(
    "the words of an option are an enum's enumerators in their order, or it does not compile") {
  enum class Same { kOn, kTokenBucket, kXxh3, k2 };
  enum class Swapped { kTokenBucket, kOn, kXxh3, k2 };
  enum class Fewer { kOn, kTokenBucket, kXxh3 };
  enum class More { kOn, kTokenBucket, kXxh3, k2, kElse };
  enum class Other { kOn, kTokenbucket, kXxh3, k2 };
  STATIC_REQUIRE(EnumWords<Same>::are("on|token_bucket|xxh3|2"));
  STATIC_REQUIRE_FALSE(EnumWords<Swapped>::are("on|token_bucket|xxh3|2"));
  STATIC_REQUIRE_FALSE(EnumWords<Fewer>::are("on|token_bucket|xxh3|2"));
  STATIC_REQUIRE_FALSE(EnumWords<More>::are("on|token_bucket|xxh3|2"));
  STATIC_REQUIRE_FALSE(EnumWords<Other>::are("on|token_bucket|xxh3|2"));
  STATIC_REQUIRE_FALSE(EnumWords<Same>::are("on|token_bucket|xxh3|"));
  STATIC_REQUIRE_FALSE(EnumWords<Same>::are("on|token_bucket|xxh3|22"));
}

TEST_CASE("an empty default is no value") {
  auto options = OptionsOf<kRateTable>::resolve(Config{});
  REQUIRE(options);
  CHECK_FALSE(options->given("rate"));
  CHECK(options->rate("rate").count == 0);
}

}  // namespace og
