// SPDX-License-Identifier: Apache-2.0
// Many keys, numbers and values, as the functions that take or give many have them.
#pragma once

#include <string>
#include <vector>

#include "bytes.h"
#include "errors.h"
#include "numbers.h"
#include "value.h"

namespace outgrow::python {

// How many: not negative, and such that a list of so many has room.
int64_t so_many(PyObject *number, const char *name, const char *of_what = "");

// The bytes of each item of a sequence; none where nullptr is given.
class ManyBytes {
 public:
  ManyBytes(PyObject *sequence, const char *name);
  // So many empty keys, where a number is given.
  static ManyBytes or_so_many(PyObject *given, const char *name);
  const void *const *data() const { return given_ ? data_.data() : nullptr; }
  const int64_t *sizes() const { return given_ ? sizes_.data() : nullptr; }
  int64_t count() const { return count_; }
  bool given() const { return given_; }

 private:
  py::object sequence_;  // keeps the keys alive
  std::vector<Bytes> held_;
  std::vector<const void *> data_;
  std::vector<int64_t> sizes_;
  int64_t count_ = 0;
  bool given_ = false;
};

// An item of a list of such numbers: one of 64 bits, an index, a real number of which None is none.
template <class T>
T item_of(PyObject *item, const char *name);

// Numbers of an iterable; none where nullptr is given.
template <class T>
class ManyNumbers {
 public:
  using Read = T (*)(PyObject *, const char *);

  ManyNumbers(PyObject *iterable, const char *name, Read read = item_of<T>) {
    given_ = iterable != nullptr;
    if (!given_) return;
    need_iterable(iterable, name);
    for (const py::handle &item : py::iter(iterable)) numbers_.push_back(read(item.ptr(), name));
    count_ = static_cast<int64_t>(numbers_.size());
  }
  // The count alone, where a number is given.
  static ManyNumbers or_so_many(PyObject *given, const char *name) {
    if (!PyIndex_Check(given)) return ManyNumbers(given, name);
    ManyNumbers made(nullptr, name);
    made.count_ = to_int64(given, name);
    return made;
  }
  const T *data() const { return numbers_.empty() ? nullptr : numbers_.data(); }
  int64_t count() const { return count_; }
  bool given() const { return given_; }

 private:
  std::vector<T> numbers_;
  int64_t count_ = 0;
  bool given_ = false;
};

// InvalidArgument for what is given and not as many as the other.
template <class One, class Other>
void as_many(const One &one, const char *name, const Other &other, const char *other_name) {
  if (one.given() && one.count() != other.count()) {
    raise(OG_INVALID_ARGUMENT, std::string(name) + " must be as many as " + other_name, name);
  }
}

// Values that the library gives, and for each its size or what stands in its place.
class ManyValues {
 public:
  explicit ManyValues(int64_t count)
      : values_(static_cast<size_t>(count)), outcomes_(static_cast<size_t>(count)) {}
  ~ManyValues() {
    for (og_value *&value : values_) og_value_destroy(&value);
  }
  ManyValues(const ManyValues &) = delete;
  ManyValues &operator=(const ManyValues &) = delete;

  og_value **out() { return values_.data(); }
  int64_t *outcomes() { return outcomes_.data(); }
  size_t size() const { return values_.size(); }
  const og_value *value(size_t i) const { return values_[i]; }
  int64_t outcome(size_t i) const { return outcomes_[i]; }

 private:
  std::vector<og_value *> values_;
  std::vector<int64_t> outcomes_;
};

// A list of indexes, None where there is none.
py::object indexes(const std::vector<int32_t> &all);
py::object integers(const std::vector<int64_t> &all);

}  // namespace outgrow::python
