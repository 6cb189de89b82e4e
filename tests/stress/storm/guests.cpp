// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include <new>

#include "tests/stress/storm/breaker_guest.h"
#include "tests/stress/storm/concurrency_guest.h"
#include "tests/stress/storm/limiter_guest.h"

namespace og::storm {

std::vector<std::unique_ptr<Guest>> guests(const Weather& weather) {
  std::vector<std::unique_ptr<Guest>> all;
  all.push_back(token_bucket_guest());
  all.push_back(sliding_window_guest());
  all.push_back(crowded_limiter_guest());
  all.push_back(breaker_guest(weather));
  all.push_back(concurrency_guest(weather));
  return all;
}

void* outside(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

}  // namespace og::storm
