// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace og::test {

// A T that this process and those it forks share, made of zeroed memory, and no part of a segment.
// Never destroyed.
template <class T>
T* make_shared_memory() {
  void* memory =
      mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return new (memory) T;
}

}  // namespace og::test
