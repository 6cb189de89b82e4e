// SPDX-License-Identifier: Apache-2.0
#include "store.h"

#include "class_members.h"

namespace outgrow::python {

Writes::Writes(PyObject *writes) {
  Checked checked;
  checked(og_batch_create(&batch_, checked));
  try {
    for (const py::handle &write : py::iter(py::handle(writes))) {
      if (!PyTuple_Check(write.ptr()) || PyTuple_GET_SIZE(write.ptr()) != 2) {
        raise_type("writes must be (key, value) pairs, with None for a value to delete");
      }
      PyObject *value = PyTuple_GET_ITEM(write.ptr(), 1);
      Bytes key(PyTuple_GET_ITEM(write.ptr(), 0), "key");
      if (value == Py_None) {
        check(og_batch_delete(batch_, key.data(), key.size()), "batch_write");
      } else {
        Bytes bytes(value, "value", Bytes::Text::refused);
        check(og_batch_set(batch_, key.data(), key.size(), bytes.data(), bytes.size()),
              "batch_write");
      }
    }
  } catch (...) {
    og_batch_destroy(&batch_);
    throw;
  }
}

py::list writes_of(const og_batch *batch) {
  py::list writes;
  for (int64_t i = 0; i < og_batch_size(batch); ++i) {
    const void *key = nullptr, *value = nullptr;
    int64_t key_size = 0, value_size = 0;
    og_status kind = og_batch_at(batch, i, &key, &key_size, &value, &value_size);
    py::object written = py::none();
    if (kind == OG_OK) written = to_bytes(value, value_size);
    writes.append(py::make_tuple(to_bytes(key, key_size), written));
  }
  return writes;
}

namespace store_members {

PyObject *get(Store &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  Value value;
  StoreCall call;
  int64_t size = 0;
  {
    Unlocked store(self);
    size = og_store_get(store.handle, key.data(), key.size(), value.out(), call);
  }
  if (call(size, given.method()) >= 0) return to_bytes(value.data(), value.size()).release().ptr();
  return given[1] == nullptr ? none() : Py_NewRef(given[1]);
}

PyObject *set(Store &self, const Arguments<2> &given) {
  Bytes key = given.key(0), value(given[1], "value", Bytes::Text::refused);
  StoreCall call;
  og_status status = OG_OK;
  {
    Unlocked store(self);
    status = og_store_set(store.handle, key.data(), key.size(), value.data(), value.size(), call);
  }
  return done(call(status, given.method()), given);
}

PyObject *delete_(Store &self, const Arguments<1> &given) {
  Bytes key = given.key(0);
  StoreCall call;
  og_status status = OG_OK;
  {
    Unlocked store(self);
    status = og_store_delete(store.handle, key.data(), key.size(), call);
  }
  return done(call(status, given.method()), given);
}

PyObject *batch_write(Store &self, const Arguments<1> &given) {
  Writes batch(given[0]);
  StoreCall call;
  og_status status = OG_OK;
  {
    Unlocked store(self);
    status = og_store_batch_write(store.handle, batch, call);
  }
  return done(call(status, given.method()), given);
}

std::unique_ptr<Store> make(const py::object &clock, const py::kwargs &options) {
  return make_noun<Store>(
      options, clock,
      [](const og_config *config, const og_clock *time, og_store **out, og_error **error) {
        WithoutGil others;  // another process may have the file locked
        return og_store_create(config, time, out, error);
      });
}

py::object of(const py::object &object, const py::object &clock) {
  return py::cast(custom_store(object, clock));
}

}  // namespace store_members
}  // namespace outgrow::python
