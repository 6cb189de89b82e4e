// SPDX-License-Identifier: Apache-2.0
#include "core/scope/heap_scope.h"

#include "core/base/made_once.h"
#include "core/base/random.h"
#include "core/base/zeroed_block.h"

namespace og {

const std::shared_ptr<Scope>& HeapScope::instance() {
  struct Kept {
    HeapScope scope;
    // Of the scope that is never destroyed: counts nothing.
    const std::shared_ptr<Scope> pointer{std::shared_ptr<Scope>(), &scope};
  };
  static constinit MadeOnce<Kept> kept;
  return kept.get([] { return new Kept; }).pointer;
}

HeapScope::HeapScope() {
  owner_.store(fork_generation() + 1, std::memory_order_relaxed);
  join_forks();
}

HeapScope::~HeapScope() { leave_forks(); }

void HeapScope::after_fork_in_child() noexcept {
  owner_.store(fork_generation() + 1, std::memory_order_relaxed);
}

Result<Scope::Cells> HeapScope::cells(CellKind, std::string_view, const std::string&, Bytes bytes) {
  if (bytes.own == 0) return Cells();
  auto block = std::make_shared<ZeroedBlock>(bytes.own);
  char* data = static_cast<char*>(block->data());
  return Cells{data, nullptr, std::move(block)};
}

uint64_t HeapScope::seed() const { return entropy_seed(); }

}  // namespace og
