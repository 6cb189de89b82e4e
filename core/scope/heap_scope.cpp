// SPDX-License-Identifier: Apache-2.0
#include "core/scope/heap_scope.h"

#include "core/base/made_once.h"
#include "core/base/random.h"
#include "core/base/zeroed_block.h"

namespace og {
namespace {

// Options are changed seldom: one lock for all.
ForkMutex& changing() {
  static constinit MadeOnce<ForkMutex> mutex;
  return mutex.get([] { return new ForkMutex; });
}

class HeapObject final : public ScopeObject {
 public:
  HeapObject(uint64_t bytes, std::string options) : options_(std::move(options)) {
    if (bytes > 0) block_.emplace(bytes);
  }
  char* memory() const noexcept { return block_ ? static_cast<char*>(block_->data()) : nullptr; }

  std::string options() const override {
    std::lock_guard lock(changing());
    return options_;
  }
  Result<void> change_options(const Make& make) override {
    std::lock_guard lock(changing());
    auto made = make(options_);
    if (!made) return tl::unexpected(std::move(made.error()));
    made->write();
    options_ = std::move(made->text);
    return {};
  }

 private:
  std::optional<ZeroedBlock> block_;
  std::string options_;
};

}  // namespace

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

Result<Scope::Cells> HeapScope::cells(const Wanted& wanted) {
  auto object = std::make_shared<HeapObject>(wanted.bytes.own, wanted.options);
  char* own = object->memory();
  if (own && wanted.bytes.begin) wanted.bytes.begin(own);
  return Cells{own, nullptr, std::move(object), wanted.bytes.own, wanted.layout.version};
}

uint64_t HeapScope::seed() const { return entropy_seed(); }

}  // namespace og
