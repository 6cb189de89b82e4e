// SPDX-License-Identifier: Apache-2.0
#include "core/base/options.h"
#include "core/base/random.h"
#include "tests/catch.h"

namespace og {

TEST_CASE("a whole quantity reads back as it was written") {
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    auto n = static_cast<int64_t>(random.below(1'000'000'000));
    std::string text = std::to_string(n);
    REQUIRE(parse_duration(text + "ns").value() == n);
    REQUIRE(parse_duration(text + " us").value() == n * 1000);
    REQUIRE(parse_bytes(text + "KiB").value() == n * 1024);
    REQUIRE(parse_rate(std::to_string(n + 1) + "/" + text.substr(0, 3) + "1ms").value().count == n + 1);
  }
}

TEST_CASE("what overflows is refused, not wrapped") {
  CHECK_FALSE(parse_duration("9223372036854775807s"));
  CHECK_FALSE(parse_duration("1e30"));
  CHECK_FALSE(parse_bytes("99999999999TiB"));
  CHECK_FALSE(parse_rate("99999999999999999999/s"));
  CHECK(parse_bytes("9223372036854775807").value() == INT64_MAX);
}

TEST_CASE("any bytes parse or are refused") {
  constexpr char kAlphabet[] = "0123456789.-+eE/ smhdkKMGiBnufx\0\xff";
  Random random(2);
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (uint64_t n = random.below(12); n > 0; --n) text += kAlphabet[random.below(sizeof kAlphabet)];
    if (auto rate = parse_rate(text)) REQUIRE((rate->count > 0 && rate->period_ns > 0));
    (void)parse_duration(text);
    (void)parse_bytes(text);
  }
}

}  // namespace og
