// SPDX-License-Identifier: Apache-2.0
// Where a noun lies: in a scope under a name, or, without a scope, on the heap.
#pragma once

#include <string>
#include <tuple>

#include "bytes.h"
#include "nouns.h"
#include "nouns_generated.h"

namespace outgrow::python {

// make_noun, for nouns that can lie in a scope: by create_in(scope, name, config, over..., clock,
// out, error). What it is made over stays meanwhile, whoever closes it; one closed by then, while
// options were converted, is an error. A name alone is for messages: so a program's tests
// can do without the scope.
template <class N, class Create, class... Over>
std::unique_ptr<N> make_noun_in(const py::object &scope, const py::object &name,
                                const py::dict &options, const py::object &clock, Create create_in,
                                Over &...over) {
  Scope *place = scope.is_none() ? nullptr : &given_noun<Scope>(scope, "scope");
  if (place != nullptr && name.is_none()) {
    raise(OG_INVALID_ARGUMENT, "a noun in a scope has scope= and name=: no name", "name");
  }
  std::string text;
  if (!name.is_none()) text = to_text(name.ptr(), "name");
  auto noun = make_noun<N>(
      options, clock,
      [&](const og_config *config, const og_clock *time, auto **out, og_error **error) {
        const std::tuple handles(over.get()...);
        [[maybe_unused]] const std::tuple<InUse<Over>...> kept(over...);
        const auto create = [&](const og_scope *in, const char *its_name) {
          return std::apply(
              [&](auto *...handle) {
                return create_in(in, its_name, config, handle..., time, out, error);
              },
              handles);
        };
        if (place == nullptr) return create(nullptr, text.c_str());
        Unlocked<Scope> within(*place);  // others may hold the segment's lock
        return create(within.handle, text.c_str());
      });
  if (place != nullptr) noun->options["scope"] = scope;
  if (!name.is_none()) noun->options["name"] = name;
  return noun;
}

}  // namespace outgrow::python
