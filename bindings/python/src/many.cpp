// SPDX-License-Identifier: Apache-2.0
#include "many.h"

#include <cmath>

#include "method.h"

namespace outgrow::python {

int64_t so_many(PyObject *number, const char *name, const char *of_what) {
  int64_t count = to_natural(number, name);
  if (count <= INT64_C(1) << 24) return count;
  raise(OG_INVALID_ARGUMENT, std::string(name) + ": at most 16777216" + of_what, name);
}

ManyBytes::ManyBytes(PyObject *sequence, const char *name) {
  if (sequence == nullptr) return;
  if (PyUnicode_Check(sequence) || PyBytes_Check(sequence)) {
    raise_type(std::string(name) + " must be a sequence of them, not one " +
               Py_TYPE(sequence)->tp_name);
  }
  need_iterable(sequence, name);
  // A tuple of our own: a codec's or buffer's code may change the caller's list meanwhile.
  sequence_ = owned(PySequence_Tuple(sequence));
  given_ = true;
  count_ = PyTuple_GET_SIZE(sequence_.ptr());
  auto count = static_cast<size_t>(count_);
  held_.reserve(count);
  data_.reserve(count);
  sizes_.reserve(count);
  for (const py::handle &item : sequence_) {
    const Bytes &bytes = held_.emplace_back(item.ptr(), name);
    data_.push_back(bytes.data());
    sizes_.push_back(bytes.size());
  }
}

ManyBytes ManyBytes::or_so_many(PyObject *given, const char *name) {
  if (!PyIndex_Check(given)) return ManyBytes(given, name);
  ManyBytes made(nullptr, name);
  made.count_ = so_many(given, name, " picks");
  return made;
}

template <>
int64_t item_of<int64_t>(PyObject *item, const char *name) {
  return to_int64(item, name);
}
template <>
int32_t item_of<int32_t>(PyObject *item, const char *name) {
  return to_index(to_int64(item, name));
}
template <>
double item_of<double>(PyObject *item, const char *name) {
  return item == Py_None ? std::nan("") : to_double(item, name);
}

py::object indexes(const std::vector<int32_t> &all) {
  py::list answer(all.size());
  for (size_t i = 0; i < all.size(); ++i) answer[i] = owned(index_or_none(all[i]));
  return answer;
}

py::object integers(const std::vector<int64_t> &all) {
  py::list answer(all.size());
  for (size_t i = 0; i < all.size(); ++i) answer[i] = all[i];
  return answer;
}

}  // namespace outgrow::python
