// SPDX-License-Identifier: Apache-2.0
// What the members of the nouns' classes are written with, the generated ones and those by hand.
#pragma once

#include <cmath>
#include <type_traits>

#include "answers_generated.h"
#include "codec.h"
#include "guard.h"
#include "noun_class.h"
#include "scope.h"
#include "value.h"

namespace outgrow::python {

// An index or number, or the outcome in its place.
inline py::object number_or_status(int64_t result) {
  return result >= 0 ? owned(integer(result)) : Enum::status(result);
}

// As check(), of a function that gives a real number.
inline void check_number(double result, const char *method) {
  if (result <= static_cast<double>(OG_INVALID_ARGUMENT))
    check(static_cast<int64_t>(result), method);
}

// Negative and NaN are none.
inline PyObject *number_or_none(double result) { return result >= 0 ? number(result) : none(); }

inline PyObject *passed_or_raise(int64_t wait) {
  if (wait != 0) raise_rate_limited(wait);
  return none();
}

inline PyObject *text_of(const LongText &text) {
  return said(og_text_data(text), og_text_size(text)).release().ptr();
}

// The noun of a handle that another noun's function gave, with that one's clock and codec.
template <class N, class From, class Handle>
PyObject *made_by(const From &self, Handle *handle) {
  std::unique_ptr<N> made;
  if constexpr (std::is_constructible_v<N, Handle *, Codec>) {
    made = fresh<N>(handle, self.codec);
  } else {
    made = fresh<N>(handle);
  }
  if constexpr (requires { made->clock; }) made->clock = self.clock;
  return py::cast(std::move(made)).release().ptr();
}

}  // namespace outgrow::python
