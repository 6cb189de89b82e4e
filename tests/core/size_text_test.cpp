// SPDX-License-Identifier: Apache-2.0
#include "core/base/size_text.h"

#include <cstdint>

#include "tests/catch.h"

namespace og {

TEST_CASE("sizes are said in the largest unit of which there is one, cut off after a tenth") {
  CHECK(size_text(0) == "0 bytes");
  CHECK(size_text(1023) == "1023 bytes");
  CHECK(size_text(1024) == "1 KiB");
  CHECK(size_text(1024 + 103) == "1.1 KiB");
  CHECK(size_text(2047) == "1.9 KiB");
  CHECK(size_text(64 << 20) == "64 MiB");
  CHECK(size_text(uint64_t{3} << 29) == "1.5 GiB");
  CHECK(size_text(uint64_t{1} << 50) == "1 PiB");
  CHECK(size_text(UINT64_MAX) == "15.9 EiB");
  CHECK(size_text(1023, "B") == "1023 B");
  CHECK(size_text(1024, "B") == "1 KiB");
}

}  // namespace og
