// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/options.h"
#include "core/scope/heap_scope.h"
#include "core/scope/scope.h"

namespace og {

// Memory for a noun's cells, kept with their scope for as long as this is: zeroed, or in use by
// other processes as the same noun with the same options.
class CellMemory {
 public:
  CellMemory(Scope::Cells cells, std::shared_ptr<Scope> scope)
      : cells_(std::move(cells)), scope_(std::move(scope)) {}

  char* data() const noexcept { return cells_.own; }
  // What was asked for to share; null where nobody else uses the cells.
  char* shared() const noexcept { return cells_.shared; }
  const Scope& scope() const noexcept { return *scope_; }
  // What begins at `data` within it, kept as it is.
  CellMemory part(char* data) const { return {{data, nullptr, cells_.block}, scope_}; }

 private:
  Scope::Cells cells_;
  std::shared_ptr<Scope> scope_;
};

// Where a noun's cells lie: in a scope, under a name where that has names. The algorithms are the
// same: they are given zeroed words on a cache line's boundary, and hold offsets alone.
class Place {
 public:
  Place() : scope_(HeapScope::instance()) {}
  Place(std::shared_ptr<Scope> scope, std::string name)
      : scope_(std::move(scope)), name_(std::move(name)) {}

  const Scope& scope() const noexcept { return *scope_; }
  // Where what belongs to the noun lies: under the noun's name and `part`, "servers/peak_ewma".
  Place beside(std::string_view part) const {
    return Place(scope_, name_ + '/' + std::string(part));
  }
  // The seed for hashing keys: `asked`, or when that is 0 the scope's.
  uint64_t seed(uint64_t asked) const { return asked != 0 ? asked : scope_->seed(); }

  Result<CellMemory> take(CellKind kind, const Options& options, Scope::Bytes bytes) const;

 private:
  std::shared_ptr<Scope> scope_;
  std::string name_;
};

}  // namespace og
