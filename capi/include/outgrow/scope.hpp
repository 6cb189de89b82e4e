// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/options.hpp>
#include <outgrow/scope_calls.hpp>
#include <string>

namespace outgrow {

// Memory that all processes of the machine share, whatever their language: a noun made in it under
// a name is one and the same in each. scope.h has the rules. Safe from every thread.
class Scope : public detail::ScopeCalls {
 public:
  using ScopeCalls::ScopeCalls;

  // Attaches to the segment, and makes it where there is none. The name is one of shared memory,
  // "/checkout", or the path of a file. The process is attached for as long as the scope or a noun
  // in it lives.
  static Scope host(const std::string& name, const Options& options = {}) {
    return Scope(
        detail::make<og_scope>(og_scope_create_host, detail::c_text(name), detail::given(options)));
  }
};

}  // namespace outgrow
