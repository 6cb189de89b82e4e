// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>

namespace og::test {

// How many schedules a test of the fleet draws; ./dev stress asks for more.
inline uint64_t seeds(uint64_t usual) {
  const char* more = std::getenv("OUTGROW_SIM_SEEDS");
  return more ? std::strtoull(more, nullptr, 10) : usual;
}

}  // namespace og::test
