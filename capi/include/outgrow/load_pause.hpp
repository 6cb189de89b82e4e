// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <outgrow/clock.hpp>
#include <outgrow/wait_check.hpp>
#include <thread>

namespace outgrow::detail {

// How long who waits for another's load sleeps between two looks, doubling.
class LoadPause {
 public:
  // `left`: how long the other's lease still stands. Throws if the thread's WaitCheck ends the
  // wait.
  void sleep(Duration left) {
    WaitCheck::throw_if_ended();
    std::this_thread::sleep_for(std::min(next_, std::max(left, kFirst)));
    next_ = std::min(2 * next_, kLongest);
  }

 private:
  static constexpr Duration kFirst = std::chrono::microseconds(50);
  static constexpr Duration kLongest = std::chrono::milliseconds(10);
  Duration next_ = kFirst;
};

}  // namespace outgrow::detail
