// SPDX-License-Identifier: Apache-2.0
// Nouns as arguments, and the making of one.
#pragma once

#include <memory>
#include <type_traits>

#include "clock.h"
#include "options.h"

namespace outgrow::python {

// The noun given for the argument of that name.
template <class N>
N &given_noun(py::handle object, const char *name) {
  if (!py::isinstance<N>(object)) {
    raise_type(std::string(name) + " must be a " + N::kName + ", not " +
               Py_TYPE(object.ptr())->tp_name);
  }
  return object.cast<N &>();
}

// Calls og_<noun>_create, which may take no clock.
template <class Create, class Handle>
og_status create_noun(Create create, const og_config *config, const og_clock *clock, Handle **out,
                      og_error **error) {
  if constexpr (std::is_invocable_v<Create, const og_config *, const og_clock *, Handle **,
                                    og_error **>) {
    return create(config, clock, out, error);
  } else {
    return create(config, out, error);
  }
}

// Makes a noun by its C function, with the options and the clock that it keeps.
template <class N, class Create, class... More>
std::unique_ptr<N> make_noun(const py::dict &options, const py::object &clock, Create create,
                             More &&...more) {
  Config config(options);
  decltype(std::declval<N>().get()) handle = nullptr;
  Checked checked;
  checked(create_noun(create, config, handle_of(clock), &handle, checked));
  auto noun = fresh<N>(handle, std::forward<More>(more)...);
  noun->clock = clock;
  noun->options = options;
  return noun;
}

}  // namespace outgrow::python
