// SPDX-License-Identifier: Apache-2.0
// The HTTP side of a limiter: keys of clients, whatever they send, and the fields of an answer.
#include "core/limit/http_limit.h"

#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

Config config_of(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  Config config;
  for (const auto& [name, value] : pairs) config.set(name, value);
  return config;
}

std::shared_ptr<Limiter> limiter_of(const Config& config, const Place& place = {}) {
  auto made = Limiter::create(config, make_manual_clock(0), place);
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

std::shared_ptr<HttpLimit> http_of(const Config& config,
                                   std::shared_ptr<Limiter> limiter = nullptr) {
  if (!limiter) limiter = limiter_of(config_of({{"rate", "1/s"}}));
  auto made = HttpLimit::create(config, std::move(limiter));
  if (!made) FAIL(made.error().message);
  return *made;
}

TEST_CASE("http: a /64 is one key, and does not fill the table") {
  const auto limiter =
      limiter_of(config_of({{"rate", "1/h"}, {"keys", "64"}, {"when_full", "deny"}}));
  const auto http = http_of({}, limiter);
  std::mt19937_64 random(1);
  int64_t passed = 0;
  for (int i = 0; i < 100000; ++i) {
    char address[64];
    const uint64_t host = random();
    std::snprintf(address, sizeof address, "[2001:db8:1:2:%x:%x:%x:%x]:%d",
                  static_cast<unsigned>(host & 0xffff), static_cast<unsigned>(host >> 16 & 0xffff),
                  static_cast<unsigned>(host >> 32 & 0xffff), static_cast<unsigned>(host >> 48),
                  static_cast<int>(i % 65536));
    passed += limiter->acquire_at(http->client(address, ""), 1, 0) == 0;
  }
  CHECK(passed == 1);
  CHECK(limiter->keys_in_use() == 1);
  CHECK(limiter->crowded_out() == 0);
  CHECK(limiter->acquire_at(http->client("192.0.2.7:80", ""), 1, 0) == 0);
}

TEST_CASE("http: what a client writes left of a trusted proxy's word chooses no key") {
  const auto form = GENERATE("x_forwarded_for", "forwarded");
  const bool is_rfc = std::string(form) == "forwarded";
  const auto http = http_of(config_of({{"trusted", "10.0.0.0/8"}, {"forwarded", form}}));
  const std::string by_proxy = is_rfc ? "for=203.0.113.9" : "203.0.113.9";
  const std::vector<std::string> parts = {
      "\"",      "\\",       ",",       ";",      "=",
      " ",       "\t",       "for=",    "for=\"", "for=1.2.3.4",
      "1.2.3.4", "10.0.0.1", "[",       "]",      "[::1]",
      "%",       ":",        "unknown", "_x",     std::string(1, '\0'),
      "\xff",    "\r\n",     "by=\"a"};
  std::mt19937_64 random(2);
  for (int i = 0; i < 50000; ++i) {
    std::string spoofed;
    for (uint64_t n = random() % 12; n > 0; --n) spoofed += parts[random() % parts.size()];
    REQUIRE(http->client("10.0.0.1", spoofed + "," + by_proxy) == "203.0.113.9");
    REQUIRE(http->client("198.51.100.1", spoofed) == "198.51.100.1");
    const std::string any = http->client("10.0.0.1", spoofed);  // what comes back is a key of sorts
    REQUIRE(!any.empty());
    REQUIRE(any.size() <= 50);
    REQUIRE(any.find_first_not_of("0123456789abcdef.:/") == std::string::npos);
  }
}

TEST_CASE("http: any bytes as an address make a key") {
  const auto http = http_of(config_of({{"trusted", "unix: ::/0"}}));
  std::mt19937_64 random(3);
  for (int i = 0; i < 50000; ++i) {
    std::string remote(random() % 60, '\0'), field(random() % 200, '\0');
    constexpr std::string_view kLetters = "0123456789abcdefx.:/[]%, \"\\=;\0\xff";
    const auto letter = [&] { return kLetters[random() % kLetters.size()]; };
    for (char& c : remote) c = letter();
    for (char& c : field) c = letter();
    REQUIRE(http->client(remote, field).size() <= 50);
  }
  CHECK(http->client(std::string_view("192.0.2.7\0001", 11), "") == "unknown");
  CHECK(http->client(std::string(1 << 20, '['), std::string(1 << 20, '"')) == "unknown");
}

TEST_CASE("http: of a long field no more is read than the end that decides") {
  const auto http = http_of(config_of({{"trusted", "10.0.0.0/8"}, {"forwarded", "forwarded"}}));
  std::string many;
  for (int i = 0; i < 100000; ++i) many += "for=\"10.1.2.3\";by=\"a\\\"b\", ";
  CHECK(http->client("10.0.0.1", many + "for=192.0.2.7") == "192.0.2.7");
  CHECK(http->client("10.0.0.1", "for=192.0.2.7, " + many) == "192.0.2.7");
  CHECK(http->client("10.0.0.1", std::string(1 << 20, '\\') + "\"") == "10.0.0.1");
}

TEST_CASE("http: ranges that are none are refused by name") {
  const auto limiter = limiter_of(config_of({{"rate", "1/s"}}));
  for (const char* wrong : {"10.1.2.3/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1",
                            "10.0.0.0/8x", "localhost", "10.0.0.0/8/8", "fe80::1%eth0", "::1:80/x",
                            "2001:db8::1/64", "192.0.2.7:80", "[::1]"}) {
    CAPTURE(wrong);
    const auto made = HttpLimit::create(config_of({{"trusted", wrong}}), limiter);
    REQUIRE(!made);
    CHECK(made.error().code == Status::kBadValue);
    CHECK(made.error().option == "trusted");
    CHECK(made.error().message.find(wrong) != std::string::npos);
  }
  for (const char* right : {"", " , ", "0.0.0.0/0", "::/0", "10.0.0.0/8,::1\t192.0.2.7",
                            "unix:", "::ffff:10.0.0.0/104", "::ffff:192.0.2.7"})
    CHECK(HttpLimit::create(config_of({{"trusted", right}}), limiter));
}

TEST_CASE("http: names that no field can carry are refused, the limiter's own too") {
  const auto heap = limiter_of(config_of({{"rate", "1/s"}}));
  for (const char* option : {"policy", "unit"}) {
    const auto made = HttpLimit::create(config_of({{option, "caf\xc3\xa9"}}), heap);
    REQUIRE(!made);
    CHECK(made.error().option == option);
  }
  const auto named = limiter_of(config_of({{"rate", "1/s"}}), Place(HeapScope::instance(), "a\nb"));
  const auto made = HttpLimit::create({}, named);
  REQUIRE(!made);
  CHECK(made.error().option == "policy");
  CHECK(HttpLimit::create(config_of({{"policy", "p"}}), named));
}

TEST_CASE("http: the policy is called as the limiter is, or default") {
  const auto named =
      limiter_of(config_of({{"rate", "1/s"}}), Place(HeapScope::instance(), "login"));
  CHECK(http_of({}, named)->fields("k", 0, "")->starts_with("RateLimit: \"login\";r=1\r\n"));
  CHECK(http_of({})->fields("k", 0, "")->starts_with("RateLimit: \"default\";r=1\r\n"));
}

TEST_CASE("http: what never passes is not to be tried again") {
  const auto http = http_of({});
  CHECK(http->fields("k", kNeverPasses, "")->find("Retry-After") == std::string::npos);
  CHECK(http->fields("k", 1, "")->ends_with("\r\nRetry-After: 1\r\n"));
}

TEST_CASE("http: numbers that no field can carry are the nearest that it can") {
  constexpr int64_t kMost = INT64_MAX;
  const ToldRate rate{"p", {1'000'000'000'000, 1}, kMost, {kMost, kMost, kMost, kMost}};
  const ToldLimit told{.rates = {&rate, 1}, .wait_ns = INT64_MAX - 1};
  CHECK(limit_fields(FieldsForm::kDraft10, told) ==
        "RateLimit: \"p\";r=999999999999999;t=9223372037\r\n"
        "RateLimit-Policy: \"p\";q=999999999999999;w=1;outgrow-burst=999999999999999\r\n"
        "Retry-After: 9223372037\r\n");
}

}  // namespace
}  // namespace og
