// SPDX-License-Identifier: Apache-2.0
#pragma once

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
