// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/base/status.h"
#include "core/scope/place.h"
#include "core/scope/segment.h"
#include "tests/shared_memory.h"

namespace og::storm {

constexpr int kWorkers = 8;

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

// What a worker did, told outside the segment, where its death takes nothing back: its intent
// before a call, the result after it. A kill in between leaves one call of which nobody knows.
struct alignas(64) Tally {
  std::atomic<int64_t> begun{0}, ended{0};
  int64_t unknown() const { return begun.load() - ended.load(); }
};

// What the storm tells its guests.
struct Weather {
  // Odd while a worker is being killed and its traces are cleared.
  std::atomic<uint64_t> kills_twice{0};
  std::atomic<uint32_t> dying{0};  // a bit a worker
};

// A noun in the storm: one file each, listed in guests().
class Guest {
 public:
  virtual ~Guest() = default;
  virtual std::string name() const = 0;
  // In a worker's process, once: what it then does over and over until it is killed.
  virtual std::function<void()> work(const std::shared_ptr<Segment>& segment, int worker) = 0;
  // In the storm's process: the worker is dead, what it told of itself holds no more.
  virtual void forget(int worker) { (void)worker; }
  // When all are gone. What was wrong, a line each; and one line of what was done.
  struct Report {
    std::vector<std::string> faults;
    std::string done;
  };
  virtual Report judge(const std::shared_ptr<Segment>& segment, int64_t ns, int64_t kills) = 0;
};

std::vector<std::unique_ptr<Guest>> guests(const Weather& weather);

}  // namespace og::storm
