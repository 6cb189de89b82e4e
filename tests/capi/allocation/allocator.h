// SPDX-License-Identifier: Apache-2.0
#pragma once

// The program's operator new, which the shared library uses too, can be told to fail.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace allocation {

// Allocations of this thread while `body` runs.
int64_t count(const std::function<void()>& body);

// Runs `body` with this thread's n-th allocation failing.
void fail_nth(int64_t n, const std::function<void()>& body);

// A walk through one noun: with `whole` every call succeeds, else any may answer OG_NO_MEMORY.
// `hot` makes ready and returns the calls that may not allocate.
struct Scenario {
  std::string noun;
  std::function<void(bool whole)> run;
  std::function<std::function<void()>()> hot;
};

std::vector<Scenario>& scenarios();
struct Register {
  explicit Register(Scenario scenario) { scenarios().push_back(std::move(scenario)); }
};

// The status is OK, or it is OG_NO_MEMORY and memory was made to fail.
bool held(bool whole, int32_t status);

}  // namespace allocation
