// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace og {

// Zeroed memory on a cache line's boundary. Large blocks come as untouched pages, so that what is
// never used costs no memory.
class ZeroedBlock {
 public:
  explicit ZeroedBlock(size_t bytes) : block_(std::calloc(bytes + kLine, 1), &std::free) {
    if (!block_) throw std::bad_alloc();
  }
  void* data() const noexcept {
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(block_.get()) + kLine - 1) / kLine *
                                   kLine);
  }

 private:
  static constexpr size_t kLine = 64;
  std::unique_ptr<void, void (*)(void*)> block_;
};

}  // namespace og
