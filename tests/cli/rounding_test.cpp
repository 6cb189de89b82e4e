// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>

#include "bindings/cli/figures.h"
#include "tests/catch.h"

using og::cli::fixed;
using og::cli::shortest;

TEST_CASE("figures are rounded as a reader does") {
  CHECK(fixed(113.15, 1) == "113.2");
  CHECK(fixed(113.15 - 1e-12, 1) == "113.2");  // the last bits of a sum
  CHECK(fixed(0.25, 1) == "0.3");
  CHECK(fixed(113.149, 1) == "113.1");
  CHECK(fixed(2.5, 0) == "3");
  CHECK(fixed(0, 2) == "0.00");
}

TEST_CASE("numbers that no fixed text holds are written all the same") {
  CHECK(shortest(1e100) == "1e+100");
  CHECK(shortest(-1e100) == "-1e+100");
  CHECK(shortest(-2.2250738585072014e-308) == "-2.2250738585072014e-308");
  CHECK(shortest(999999999999999) == "999999999999999");
  CHECK(shortest(9007199254740992) == "9007199254740992");
  CHECK(shortest(1e16) == "1e+16");
  CHECK(shortest(-31536000000) == "-31536000000");
  CHECK(shortest(0.000001) == "0.000001");
  CHECK(shortest(0.0000012345678901234567) == "0.0000012345678901234567");
  CHECK(shortest(-0.00000099) == "-9.9e-07");
  CHECK(shortest(0) == "0");
  CHECK(fixed(1e300, 1) == "1e+300");
  CHECK(fixed(-1.7976931348623157e308, 0) == "-1.7976931348623157e+308");
  CHECK(fixed(999999999999999, 1) == "999999999999999.0");
  for (const double number : {NAN, INFINITY, -INFINITY}) CHECK(fixed(number, 1) == "-");
  CHECK(og::cli::as_percent(NAN) == "- %");
  CHECK(og::cli::as_duration(INT64_MAX) == "106751991167300 d 15:30:07");
}
