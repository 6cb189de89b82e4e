// SPDX-License-Identifier: Apache-2.0
#include "store.h"

#include "class_members.h"

namespace outgrow::python {

Writes::Writes(PyObject *writes) {
  need_iterable(writes, "writes");
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

PyObject *of(const Arguments<2> &given) {
  auto clock = py::reinterpret_borrow<py::object>(given.given(1) ? given[1] : Py_None);
  return py::cast(custom_store(py::reinterpret_borrow<py::object>(given[0]), clock))
      .release()
      .ptr();
}

}  // namespace store_members
}  // namespace outgrow::python
