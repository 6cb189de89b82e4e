// SPDX-License-Identifier: Apache-2.0
// Nouns as arguments, and the making of one.
#pragma once

#include <memory>
#include <string_view>

#include "clock.h"
#include "options.h"

namespace outgrow::python {

// The noun given for the argument of that name.
template <class N>
N &given_noun(py::handle object, const char *name) {
  if (!py::isinstance<N>(object)) {
    const bool vowel = std::string_view("AEIO").find(N::kName[0]) != std::string_view::npos;
    raise_type(std::string(name) + " must be " + (vowel ? "an " : "a ") + N::kName + ", not " +
               Py_TYPE(object.ptr())->tp_name);
  }
  return object.cast<N &>();
}

// The handle of the clock given, or NULL for None.
inline const og_clock *handle_of(const py::object &clock) {
  return clock.is_none() ? nullptr : given_noun<Clock>(clock, "clock").get();
}

// Makes a noun by create(config, clock, out, error), with the options and the clock that it keeps.
template <class N, class Create, class... More>
std::unique_ptr<N> make_noun(const py::dict &options, const py::object &clock, Create create,
                             More &&...more) {
  Config config(options);
  decltype(std::declval<N>().get()) handle = nullptr;
  Checked checked;
  const og_config *from = config;
  og_error **error = checked;
  checked(create(from, handle_of(clock), &handle, error));
  auto noun = fresh<N>(handle, std::forward<More>(more)...);
  noun->clock = clock;
  noun->options = options;
  return noun;
}

}  // namespace outgrow::python
