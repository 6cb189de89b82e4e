// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/scope.h>

#include <cstdint>
#include <outgrow/handle.hpp>
#include <outgrow/options.hpp>
#include <string>

namespace outgrow {

// Memory that all processes of the machine share, whatever their language: a noun made in it under
// a name is one and the same in each. scope.h has the rules. Safe from every thread.
class Scope : public detail::Handle<og_scope, og_scope_destroy> {
 public:
  using Handle::Handle;

  // Attaches to the segment, and makes it where there is none. The name is one of shared memory,
  // "/checkout", or the path of a file. The process is attached for as long as the scope or a noun
  // in it lives.
  static Scope host(const std::string& name, const Options& options = {}) {
    return Scope(
        detail::make<og_scope>(og_scope_create_host, detail::c_text(name), detail::given(options)));
  }

  std::int64_t stat(ScopeStat which) const {
    return detail::checked(og_scope_stat(handle(), static_cast<std::int32_t>(which)),
                           "og_scope_stat");
  }

  // Looks into a segment without attaching to it: a JSON object. With verify also its faults.
  static std::string inspect(const std::string& name, bool verify = false) {
    return detail::take_text(
        detail::make<og_text>(og_scope_inspect, detail::c_text(name), std::int32_t{verify}));
  }
  // The names of the segments in shared memory that this user may open: a JSON array.
  static std::string list() { return detail::take_text(detail::make<og_text>(og_scope_list)); }
  // Who is attached keeps what there is, who comes later makes it anew.
  static void remove(const std::string& name) {
    detail::call(og_scope_remove, detail::c_text(name));
  }
};

namespace detail {

// A noun in a scope under a name.
template <class T, class Function>
T* make_in(Function function, const Scope& scope, const std::string& name, const Options& options,
           const og_clock* clock) {
  return make<T>(function, given(scope), c_text(name), given(options), clock);
}

}  // namespace detail
}  // namespace outgrow
