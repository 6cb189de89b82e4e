// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/fork_aware.h"
#include "core/scope/scope.h"

namespace og {

// This process's own memory: nobody shares it, every object is its own, and changes need no lock
// but the noun's. A forked child has a copy, whose marks are its dead parent's to it.
class HeapScope final : public Scope, private ForkAware {
 public:
  // The process has one.
  static const std::shared_ptr<Scope>& instance();
  HeapScope();
  ~HeapScope();

  Result<Cells> cells(const Wanted& wanted) override;
  Result<std::optional<std::string>> options_of(CellKind, std::string_view) const override {
    return std::nullopt;
  }
  uint64_t seed() const override;
  bool is_copied_by_fork() const noexcept override { return true; }
  bool is_alive(uint64_t owner) const noexcept override { return owner == this->owner(); }
  uint32_t attachment_limit() const noexcept override { return 1; }
  Result<Change> change(std::unique_lock<ForkMutex>*) const override { return Change(); }
  std::optional<Change> try_change() const override { return Change(); }
  int64_t stat(Stat) const noexcept override { return 0; }

 private:
  void after_fork_in_child() noexcept override;
};

}  // namespace og
