// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <outgrow.hpp>

int main() {
  outgrow::CircuitBreaker breaker({{"failure_threshold", 5}}, outgrow::Clock::manual());
  int allowed = 0;
  for (int i = 0; i < 8; ++i) {
    auto permit = breaker.enter();
    if (!permit) continue;
    ++allowed;
    permit.exit(false);
  }
  std::cout << "allowed " << allowed << " of 8\n";
}
