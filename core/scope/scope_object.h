// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace og {

// An object of a scope, of which somebody holds the cells.
class ScopeObject {
 public:
  virtual ~ScopeObject() = default;
  ScopeObject(const ScopeObject&) = delete;
  ScopeObject& operator=(const ScopeObject&) = delete;

  // The text of the options that hold.
  virtual std::string options() const = 0;
  // Another with each change of them, for whoever follows what others change; null where there are
  // no others. Read before options(): these are of that change, or of a later one.
  virtual const std::atomic<uint64_t>* options_version() const noexcept { return nullptr; }
  // Changes them, while nobody else does. `make` is given the text that holds, and gives the one
  // that is to hold, and what writes its meaning into the cells. What it fails with is the answer,
  // and changes nothing. Who dies in it leaves cells that are changed in part, and the text of
  // before.
  struct Changed {
    std::string text;
    std::function<void()> write;
  };
  using Make = std::function<Result<Changed>(const std::string& text)>;
  virtual Result<void> change_options(const Make& make) = 0;

 protected:
  ScopeObject() = default;
};

}  // namespace og
