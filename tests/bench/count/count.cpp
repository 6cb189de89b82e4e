// SPDX-License-Identifier: Apache-2.0
// count CALL ROUNDS CALLS: see run.sh.
#include <cstdlib>
#include <outgrow.hpp>
#include <string_view>

int main(int, char** argv) {
  const std::string_view call = argv[1], key = "abcdefgh";
  const int rounds = std::atoi(argv[2]), calls = std::atoi(argv[3]);
  int passed = 0;
  auto clock = outgrow::Clock::manual();
  outgrow::RateLimiter limiter({{"rate", "100000000/s"}}, clock);
  outgrow::CircuitBreaker breaker({}, clock);
  for (int round = 0; round < rounds; ++round) {
    if (call == "limiter") {
      for (int i = 0; i < calls; ++i) passed += bool(limiter.acquire(key));
    } else {
      for (int i = 0; i < calls; ++i) passed += breaker.call([] { return 1; });
    }
    outgrow::Clock::manual();
  }
  return passed == rounds * calls ? 0 : 1;
}
