// SPDX-License-Identifier: Apache-2.0
// Methods as METH_FASTCALL descriptors set on pybind11's classes. A call through pybind11's own
// dispatch costs 400 ns and more, one of these 40 to 75.
//
//   PyObject *try_acquire(Limiter &self, const Arguments<3> &given);
//   method<try_acquire>(limiter, "try_acquire($self, key=b'', cost=1, *, now_ns=None)", "Takes.");
//
// The signature is the one source of the parameters' names, and of which must be given.
#pragma once

#include <pybind11/pybind11.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "bytes.h"
#include "errors.h"
#include "noun.h"
#include "numbers.h"

namespace outgrow::python {

// A method's parameters, read from its signature when the module is made.
struct Signature {
  void parse(const char *text, const char *doc);

  std::string name;
  std::string doc;  // as Python wants it: the signature, "--", what it does
  std::vector<std::string> names;
  std::vector<PyObject *> interned;
  Py_ssize_t required = 0;
  Py_ssize_t positional = 0;  // how many may be given without their name
};

// Fills `values` by position and name; throws TypeError for what does not match.
void match(const Signature &signature, PyObject *const *args, Py_ssize_t count, PyObject *names,
           PyObject **values);

// The arguments of one call: nullptr where none was given. None counts as not given.
template <size_t N>
class Arguments {
 public:
  Arguments(PyObject *object, const Signature &signature, PyObject *const *args, Py_ssize_t count,
            PyObject *names)
      : self(object), signature_(signature) {
    if (names == nullptr && count >= signature.required && count <= signature.positional)
        [[likely]] {
      for (Py_ssize_t i = 0; i < count; ++i) values_[static_cast<size_t>(i)] = args[i];
    } else {
      match(signature, args, count, names, values_.data());
    }
  }

  PyObject *operator[](size_t i) const { return values_[i]; }
  bool given(size_t i) const { return values_[i] != nullptr && values_[i] != Py_None; }
  PyObject *optional(size_t i) const { return given(i) ? values_[i] : nullptr; }
  const char *name(size_t i) const { return signature_.names[i].c_str(); }
  const char *method() const { return signature_.name.c_str(); }

  // A key: the empty one when none is given.
  Bytes key(size_t i) const { return values_[i] == nullptr ? Bytes() : Bytes(values_[i], name(i)); }
  int64_t integer(size_t i, int64_t otherwise = 0) const {
    return given(i) ? to_int64(values_[i], name(i)) : otherwise;
  }
  int64_t natural(size_t i, int64_t otherwise = 0) const {
    return given(i) ? to_natural(values_[i], name(i)) : otherwise;
  }
  int32_t index(size_t i, int32_t otherwise = 0) const { return to_index(integer(i, otherwise)); }
  int64_t duration(size_t i, int64_t otherwise) const {
    return given(i) ? to_duration(values_[i], name(i)) : otherwise;
  }
  // A time of the noun's clock, if one is given.
  std::optional<int64_t> time(size_t i) const {
    return given(i) ? std::optional(to_int64(values_[i], name(i))) : std::nullopt;
  }
  double number(size_t i, double otherwise) const {
    return given(i) ? to_double(values_[i], name(i)) : otherwise;
  }
  bool truth(size_t i, bool otherwise) const {
    if (!given(i)) return otherwise;
    int truth = PyObject_IsTrue(values_[i]);
    if (truth < 0) throw py::error_already_set();
    return truth != 0;
  }
  std::string text(size_t i, const char *otherwise = "") const {
    return given(i) ? std::string(to_text(values_[i], name(i))) : std::string(otherwise);
  }

  PyObject *const self;

 private:
  const Signature &signature_;
  std::array<PyObject *, N == 0 ? 1 : N> values_{};
};

// What a call is given by name alone, whatever the names: a noun's options.
class Keywords {
 public:
  Keywords(const Signature &signature, PyObject *const *args, Py_ssize_t count, PyObject *names);

  const char *method() const { return signature_.name.c_str(); }

  py::dict options;

 private:
  const Signature &signature_;
};

// Of a class that has several bases, or an instance whose __init__ did not run.
template <class N>
[[gnu::noinline, gnu::cold]] N &unusual_noun_of(PyObject *self) {
  if (reinterpret_cast<py::detail::instance *>(self)->simple_layout) raise_unmade(N::kName);
  return py::handle(self).cast<N &>();
}

// The C++ object in a pybind11 instance: one load where pybind11's cast looks types up.
template <class N>
[[gnu::always_inline]] inline N &noun_of(PyObject *self) {
  auto *instance = reinterpret_cast<py::detail::instance *>(self);
  auto *noun = static_cast<N *>(instance->simple_value_holder[0]);
  if (!instance->simple_layout || noun == nullptr) [[unlikely]]
    return unusual_noun_of<N>(self);
  return *noun;
}

template <auto kBody>
inline Signature signature_of;

template <auto kBody>
struct Entry;
template <class N, size_t kCount, PyObject *(*kBody)(N &, const Arguments<kCount> &)>
struct Entry<kBody> {
  static constexpr size_t kParameters = kCount;
  static PyObject *call(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    return caught([&] {
      Arguments<kCount> given(self, signature_of<kBody>, args, count, names);
      N &noun = noun_of<N>(self);
      InUse<N> in_use(noun);
      return kBody(noun, given);
    });
  }
};

template <class N, PyObject *(*kBody)(N &, const Keywords &)>
struct Entry<kBody> {
  static constexpr size_t kParameters = 0;
  static PyObject *call(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    return caught([&] {
      Keywords given(signature_of<kBody>, args, count, names);
      N &noun = noun_of<N>(self);
      InUse<N> in_use(noun);
      return kBody(noun, given);
    });
  }
};

template <size_t kCount, PyObject *(*kBody)(const Arguments<kCount> &)>
struct Entry<kBody> {
  static constexpr size_t kParameters = kCount;
  static PyObject *call(PyObject *, PyObject *const *args, Py_ssize_t count, PyObject *names) {
    return caught(
        [&] { return kBody(Arguments<kCount>(nullptr, signature_of<kBody>, args, count, names)); });
  }
};

// A method of the class, or a function in it where it is static.
void add_method(py::handle type, PyMethodDef &definition, const Signature &signature,
                size_t parameters, bool is_static);

template <auto kBody>
void method(py::handle type, const char *signature, const char *doc, bool is_static = false) {
  static PyMethodDef definition{
      nullptr, reinterpret_cast<PyCFunction>(reinterpret_cast<void *>(&Entry<kBody>::call)),
      METH_FASTCALL | METH_KEYWORDS, nullptr};
  signature_of<kBody>.parse(signature, doc);
  add_method(type, definition, signature_of<kBody>, Entry<kBody>::kParameters, is_static);
}

template <auto kBody>
void static_method(py::handle type, const char *signature, const char *doc) {
  method<kBody>(type, signature, doc, true);
}

// ---- answers ----

// As check(), of what the argument at `place` was to be: "no permit: ", or "" when its name says
// enough.
template <size_t N>
int64_t check(int64_t result, const Arguments<N> &given, const char *wrong, size_t place = N) {
  if (result <= OG_INVALID_ARGUMENT) [[unlikely]] {
    const bool told = place < N && given[place] != nullptr;
    raise_wrong(result, given.method(), wrong, told ? given.name(place) : "",
                told ? given[place] : nullptr);
  }
  return result;
}

inline PyObject *none() { return Py_NewRef(Py_None); }
inline PyObject *boolean(bool truth) { return Py_NewRef(truth ? Py_True : Py_False); }
inline PyObject *integer(int64_t number) { return PyLong_FromLongLong(number); }
inline PyObject *number(double value) { return PyFloat_FromDouble(value); }
// A new reference as an object; throws when there is none, for Python's error is set then.
inline py::object owned(PyObject *made) {
  if (made == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}
// What the library or a program said, whatever bytes a program in another language gave it.
inline py::object said(const char *message, int64_t size) {
  return owned(PyUnicode_DecodeUTF8(message, static_cast<Py_ssize_t>(size), "replace"));
}
inline py::object said(const char *message) {
  return said(message, static_cast<int64_t>(std::strlen(message)));
}
// A number above 0, such as a lease or ticket, or the Status in its place.
inline py::object positive_or_status(int64_t result) {
  return result > 0 ? owned(integer(result)) : Enum::status(result);
}
// An index, or None for the outcome that says there is none.
inline PyObject *index_or_none(int64_t index) { return index < 0 ? none() : integer(index); }
// True when it counted, False when it no longer stood; the errors of `check`.
template <size_t N>
PyObject *stood(int64_t status, const Arguments<N> &given) {
  return boolean(check(status, given.method()) == OG_OK);
}
template <size_t N>
PyObject *done(int64_t status, const Arguments<N> &given) {
  check(status, given.method());
  return none();
}

}  // namespace outgrow::python
