// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace og {

// That this thread has a store at work, for whom and for which key, so that
//
//   - a store of the program's own that calls back is told what could not end: the write of a key
//     within its own write, a load within its own load, waiting for a batch that this thread is
//     writing;
//   - when a function of the program's never returns (a goroutine that ends itself, a longjmp),
//     what the calls beneath it hold can be given back: nothing unwinds them.
//
// The records are the thread's and no chain through the stack: coroutines that take turns on one
// thread leave in another order than they came. A thread deep in more calls than there is room for
// goes unrecorded, and what it does wrong is then not seen here.
class StoreCall {
 public:
  enum class What : uint8_t {
    kLoad,
    kWrite,
    kBatch,
    kProgram
  };  // kProgram: a function of the program's

  StoreCall(const void* whose, What what, uint64_t hash = 0) noexcept
      : StoreCall(whose, what, hash, nullptr, nullptr) {}
  // `undo` does what is to be done when the call fails, and lives as long as this.
  template <class Undo>
  StoreCall(const void* whose, What what, uint64_t hash, Undo& undo) noexcept
      : StoreCall(whose, what, hash, [](void* f) { (*static_cast<Undo*>(f))(); }, &undo) {}
  ~StoreCall();
  StoreCall(const StoreCall&) = delete;
  StoreCall& operator=(const StoreCall&) = delete;

  // Whether this thread is in such a call.
  static bool under_way(const void* whose, What what, uint64_t hash = 0) noexcept;
  // The program's function that this thread is in never returns: undoes the calls between it and
  // the program's next one beneath.
  static void abandon() noexcept;

 private:
  StoreCall(const void* whose, What what, uint64_t hash, void (*undo)(void*),
            void* context) noexcept;

  const void* const whose_;
  const uint64_t hash_;
  const What what_;
};

}  // namespace og
