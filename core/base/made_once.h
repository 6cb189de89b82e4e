// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace og {

// What the process has one of, made at its first use and never destroyed. A static of a function
// would do, but for a fork while another thread makes it: the child then waits for that thread for
// ever. Here each of several who come first makes one, and all but one throw theirs away.
//
//   constinit MadeOnce<Table> g_table;
//   const Table& table = g_table.get([] { return new Table(...); });
template <class T>
class MadeOnce {
 public:
  template <class Make>
  T& get(Make&& make) {
    if (T* made = made_.load(std::memory_order_acquire)) return *made;
    T* mine = make();
    T* first = nullptr;
    if (made_.compare_exchange_strong(first, mine, std::memory_order_acq_rel)) return *mine;
    delete mine;
    return *first;
  }

 private:
  std::atomic<T*> made_{nullptr};
};

}  // namespace og
