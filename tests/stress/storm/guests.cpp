// SPDX-License-Identifier: Apache-2.0
#include "tests/stress/storm/breaker_guest.h"
#include "tests/stress/storm/concurrency_guest.h"
#include "tests/stress/storm/endpoints_guest.h"
#include "tests/stress/storm/limiter_guest.h"

namespace og::storm {

std::vector<std::unique_ptr<Guest>> guests(const Weather& weather) {
  std::vector<std::unique_ptr<Guest>> all;
  all.push_back(token_bucket_guest());
  all.push_back(sliding_window_guest());
  all.push_back(crowded_limiter_guest());
  all.push_back(breaker_guest(weather));
  all.push_back(concurrency_guest(weather));
  all.push_back(endpoints_guest());
  return all;
}

}  // namespace og::storm
