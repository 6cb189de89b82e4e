// SPDX-License-Identifier: Apache-2.0
// What every noun is in Python: a C handle until it is closed, and what it was made with.
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include "ending.h"
#include "errors.h"
#include "interruptible.h"
#include "unmade.h"

namespace outgrow::python {

// Self is the class, with its name in kName. Each call of a method is a use of its noun (InUse),
// and so is each part of it that gives up the GIL (Unlocked): a close meanwhile, by another thread
// or by the Python code that an argument's conversion runs, takes effect when the last use has
// ended.
template <class Self, class Handle, void (*kDestroy)(Handle **)>
class Noun : public Unmade<Self> {
 public:
  explicit Noun(Handle *handle) : handle_(handle) {}
  ~Noun() { close(); }
  Noun(const Noun &) = delete;
  Noun &operator=(const Noun &) = delete;

  // For the call to the library that follows at once. Arguments are converted before: a conversion
  // may run Python code that closes the noun, and this then says so.
  Handle *get() const {
    if (handle_ == nullptr || closed_) [[unlikely]]
      raise_closed(Self::kName);
    return handle_;
  }
  bool closed() const { return handle_ == nullptr || closed_; }
  void close() {
    closed_ = true;
    if (users_ > 0 || handle_ == nullptr) return;
    Handle *handle = std::exchange(handle_, nullptr);
    if constexpr (Self::kWaits) {
      Interruptible interruptible;
      {
        WithoutGil others;
        kDestroy(&handle);
      }
      Interruptible::check_later();
    } else {
      kDestroy(&handle);
    }
  }
  // As its user does.
  void close_and_tell() { close(); }
  // The library has taken the handle back.
  void forget() { handle_ = nullptr; }

  // Shows each reference to a Python object; a class that has more shows those too.
  template <class Show>
  void references(Show show) const {
    show(clock);
    show(options);
  }

  // Whether its finalizer has a ResourceWarning for who has not closed it, as files' have.
  static constexpr bool warns_unclosed() { return false; }

  // Whether destroying may wait: it then gives up the GIL, and is done before members are.
  static constexpr bool kWaits = false;

  py::object clock = py::none();  // the Clock it was given
  py::dict options;               // for its repr

 protected:
  // Whether the option was given as this word.
  bool is(const char *option, const char *word) const {
    PyObject *given = PyDict_GetItemString(options.ptr(), option);
    return given != nullptr && PyUnicode_Check(given) &&
           PyUnicode_CompareWithASCIIString(given, word) == 0;
  }

 private:
  template <class>
  friend class InUse;

  Handle *handle_;
  int users_ = 0;
  bool closed_ = false;
};

// While it lives the noun's handle stays, whoever closes the noun.
template <class N>
class InUse {
 public:
  explicit InUse(N &noun) : noun_(noun) { ++noun_.users_; }
  ~InUse() {
    if (--noun_.users_ == 0 && noun_.closed_) [[unlikely]]
      close();
  }
  InUse(const InUse &) = delete;
  InUse &operator=(const InUse &) = delete;

 private:
  // Not within the destructor, which is then small enough to be inlined in each call.
  [[gnu::noinline, gnu::cold]] void close() {
    py::error_scope kept;  // what the call has raised
    noun_.close();
  }

  N &noun_;
};

// While it lives the GIL is given up, and the noun stays.
template <class N>
class Unlocked {
 public:
  explicit Unlocked(N &noun) : handle(noun.get()), in_use_(noun) {}

  decltype(std::declval<N &>().get()) const handle;

 private:
  InUse<N> in_use_;  // ends with the GIL
  WithoutGil others_;
};

}  // namespace outgrow::python
