// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/figures.h"
#include "tests/catch.h"

using og::cli::fixed;

TEST_CASE("figures are rounded as a reader does") {
  CHECK(fixed(113.15, 1) == "113.2");
  CHECK(fixed(113.15 - 1e-12, 1) == "113.2");  // the last bits of a sum
  CHECK(fixed(0.25, 1) == "0.3");
  CHECK(fixed(113.149, 1) == "113.1");
  CHECK(fixed(2.5, 0) == "3");
  CHECK(fixed(0, 2) == "0.00");
}
