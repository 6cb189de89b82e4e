// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "nouns.h"

namespace outgrow::python {

class Store;

// What a program's own store does. It belongs to the library's store, which lives as long as a
// Store, a CachedStore over it, a Batch of that or Metrics with one of them does.
struct CustomObject {
  ~CustomObject();
  py::object get, set, remove, batch_write;
  Store *store = nullptr;  // while that lives
};

class Store : public Noun<Store, og_store, og_store_destroy> {
 public:
  static constexpr const char *kName = "Store";
  using Noun::Noun;
  ~Store() {
    if (custom != nullptr) custom->store = nullptr;
  }
  static constexpr bool kWaits = true;
  bool warns_unclosed() const { return is("kind", "sqlite"); }

  CustomObject *custom = nullptr;  // while that lives

  // Each of those that keep the object refers to this Store, closed or not. So this is who shows
  // it: when this is garbage so are they, and the library's store, and the object.
  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    if (custom == nullptr) return;
    show(custom->get);
    show(custom->set);
    show(custom->remove);
    show(custom->batch_write);
  }
};

inline CustomObject::~CustomObject() {
  if (store != nullptr) store->custom = nullptr;
}

// The store given for the argument: a Store, or any object with get, set, delete and batch_write.
py::object store_of(const py::object &given, const char *name);

// A store that calls the object's get(key), set(key, value), delete(key) and, if it has one,
// batch_write([(key, value or None)]), with bytes, on the threads that call.
std::unique_ptr<Store> custom_store(const py::object &object, const py::object &clock);

// As Checked, for calls that may run a program's own store: an Exception that it raised on this
// thread becomes the error's __cause__; what is no Exception, as SystemExit and KeyboardInterrupt,
// ends the call as it is, and so does all that a signal's handler raises.
class StoreCall {
 public:
  StoreCall();
  ~StoreCall();
  StoreCall(const StoreCall &) = delete;
  StoreCall &operator=(const StoreCall &) = delete;
  operator og_error **() { return error_.out(); }
  // The result; throws if it is an error. Called with the GIL.
  int64_t operator()(int64_t result, const char *method);
  // Throws what ends the call, whatever the result.
  void check_ended();

 private:
  Held<og_error, og_error_destroy> error_;
  Interruptible interruptible_;
};

// A batch of [(key, value or None)].
class Writes {
 public:
  explicit Writes(PyObject *writes);
  ~Writes() { og_batch_destroy(&batch_); }
  Writes(const Writes &) = delete;
  Writes &operator=(const Writes &) = delete;
  operator const og_batch *() const { return batch_; }

 private:
  og_batch *batch_ = nullptr;
};

// The writes of a batch as such a list.
py::list writes_of(const og_batch *batch);

}  // namespace outgrow::python
