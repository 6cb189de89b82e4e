// SPDX-License-Identifier: Apache-2.0
// What the members of the nouns' classes are written with, the generated ones and those by hand.
#pragma once

#include <cmath>
#include <type_traits>

#include "answers_generated.h"
#include "codec.h"
#include "in_scope.h"
#include "many.h"
#include "noun_class.h"
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

template <class Given, class... Place>
void check_number(double result, const Given &given, const char *wrong, Place... place) {
  if (result <= static_cast<double>(OG_INVALID_ARGUMENT))
    check(static_cast<int64_t>(result), given, wrong, place...);
}

// Negative and NaN are none.
inline PyObject *number_or_none(double result) { return result >= 0 ? number(result) : none(); }

[[noreturn]] inline void raise_limited(const Limiter &limiter, int64_t wait) {
  raise_refusal("RateLimited", wait, [&](og_text **out, og_error **error) {
    return og_limiter_refusal(limiter.get(), wait, out, error);
  });
}

inline PyObject *passed_or_raise(const Limiter &limiter, int64_t wait) {
  if (wait == 0) return none();
  raise_limited(limiter, wait);
}

inline PyObject *text_of(const LongText &text) {
  return said(og_text_data(text), og_text_size(text)).release().ptr();
}

// A key's value as the noun gives values: through its codec, if it has one. None where there is
// none.
template <class N>
py::object value_of(const N &self, const og_value *value) {
  if (value == nullptr) return py::none();
  const void *data = og_value_data(value);
  int64_t size = og_value_size(value);
  if constexpr (requires { self.codec; }) {
    return self.codec.decode(data, size);
  } else {
    return to_bytes(data, size);
  }
}

// The value, or what the caller gave for when there is none.
template <class N>
PyObject *found(const N &self, int64_t result, const og_value *value, PyObject *otherwise) {
  if (result >= 0) return value_of(self, value).release().ptr();
  return otherwise == nullptr ? none() : Py_NewRef(otherwise);
}

// The same of each key, once all of them are known to be no errors.
template <class N>
PyObject *found_many(const N &self, const ManyValues &values, PyObject *otherwise, PyObject *absent,
                     const char *method) {
  for (size_t i = 0; i < values.size(); ++i) check(values.outcome(i), method);
  py::list answer(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t result = values.outcome(i);
    answer[i] =
        owned(found(self, result, values.value(i), result == OG_ABSENT ? absent : otherwise));
  }
  return answer.release().ptr();
}

inline PyObject *key_error(PyObject *key) {
  PyErr_SetObject(PyExc_KeyError, key);
  return nullptr;
}

// noun[key], and del noun[key]
template <class N>
PyObject *item(const N &self, int64_t result, const og_value *value, PyObject *key) {
  return result >= 0 ? value_of(self, value).release().ptr() : key_error(key);
}
inline PyObject *removed(int64_t result, PyObject *key) {
  return result == OG_OK ? none() : key_error(key);
}

// The end of an iteration.
inline PyObject *stop_iteration() {
  PyErr_SetNone(PyExc_StopIteration);
  return nullptr;
}

// Options that the noun was given while it is in use, for its repr.
template <class N>
void keep_options(N &self, const py::dict &options) {
  for (const auto &[name, value] : options) {
    if (!value.is_none()) self.options[name] = value;
  }
}

// What the library tells as JSON.
inline py::object json_of(const LongText &text) {
  py::bytes json = to_bytes(og_text_data(text), og_text_size(text));
  return py::module_::import("json").attr("loads")(json);
}

// The noun of a handle that another noun's function gave, with that one's clock and codec, or with
// that one. None without a handle.
template <class N, class From, class Handle>
PyObject *made_by(const From &self, Handle *handle, [[maybe_unused]] py::handle owner = {}) {
  if (handle == nullptr) return none();
  std::unique_ptr<N> made;
  if constexpr (std::is_constructible_v<N, Handle *, Codec>) {
    made = fresh<N>(handle, self.codec);
  } else if constexpr (std::is_constructible_v<N, Handle *, py::object>) {
    made = fresh<N>(handle, py::reinterpret_borrow<py::object>(owner));
  } else {
    made = fresh<N>(handle);
  }
  if constexpr (requires { made->clock; }) made->clock = self.clock;
  if constexpr (std::is_same_v<N, From>) made->options = self.options;  // a copy
  return py::cast(std::move(made)).release().ptr();
}

}  // namespace outgrow::python
