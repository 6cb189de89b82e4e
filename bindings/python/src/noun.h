// SPDX-License-Identifier: Apache-2.0
// What every noun is in Python: a C handle until it is closed, and what it was made with.
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include "errors.h"

namespace outgrow::python {

// Self is the class, with its name in kName. Calls that keep the GIL cannot meet a close; those that
// give it up are Unlocked, and a close among them takes effect when the last has returned.
template <class Self, class Handle, void (*kDestroy)(Handle **)>
class Noun {
 public:
  explicit Noun(Handle *handle) : handle_(handle) {}
  ~Noun() { close(); }
  Noun(const Noun &) = delete;
  Noun &operator=(const Noun &) = delete;

  Handle *get() const {
    if (handle_ == nullptr || closed_) [[unlikely]] raise_closed(Self::kName);
    return handle_;
  }
  bool closed() const { return handle_ == nullptr || closed_; }
  void close() {
    closed_ = true;
    if (users_ > 0 || handle_ == nullptr) return;
    Handle *handle = std::exchange(handle_, nullptr);
    if constexpr (Self::kWaits) {
      py::gil_scoped_release others;
      kDestroy(&handle);
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
  friend class Unlocked;

  Handle *handle_;
  int users_ = 0;
  bool closed_ = false;
};

// While it lives the GIL is given up, and the noun stays.
template <class N>
class Unlocked {
 public:
  explicit Unlocked(N &noun) : handle(noun.get()), noun_(noun) {
    ++noun_.users_;
    thread_ = PyEval_SaveThread();
  }
  ~Unlocked() {
    PyEval_RestoreThread(thread_);
    if (--noun_.users_ == 0 && noun_.closed_) noun_.close();
  }
  Unlocked(const Unlocked &) = delete;
  Unlocked &operator=(const Unlocked &) = delete;

  decltype(std::declval<N &>().get()) const handle;

 private:
  N &noun_;
  PyThreadState *thread_;
};

}  // namespace outgrow::python
