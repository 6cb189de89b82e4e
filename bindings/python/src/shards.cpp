// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <vector>

#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::shards_members {
namespace {

// A key, or an integer's 8 bytes.
class ShardKey {
 public:
  ShardKey(PyObject *object, const char *name) {
    if (object == nullptr) return;
    if (PyLong_Check(object)) {
      og_shards_int64_key(to_int64(object, name), eight_);
      size_ = 8;
    } else {
      given_.emplace(object, name);
    }
  }
  const void *data() const { return given_ ? given_->data() : size_ == 0 ? nullptr : eight_; }
  int64_t size() const { return given_ ? given_->size() : size_; }

 private:
  std::optional<Bytes> given_;
  char eight_[8]{};
  int64_t size_ = 0;
};

PyObject *list(const Ranges &ranges) {
  py::list answer;
  for (int64_t i = 0; i < og_ranges_count(ranges); ++i) {
    const void *first = nullptr, *end = nullptr;
    int64_t first_size = 0, end_size = 0;
    int32_t source = 0, target = 0;
    og_ranges_at(ranges, i, &first, &first_size, &end, &end_size, &source, &target);
    answer.append(answers::KeyRange(to_bytes(first, first_size), to_bytes(end, end_size),
                                    owned(integer(source)), owned(integer(target))));
  }
  return answer.release().ptr();
}

}  // namespace

PyObject *of(Shards &self, const Arguments<1> &given) {
  if (PyLong_Check(given[0])) {
    int64_t number = given.integer(0);
    return integer(check(og_shards_of_int64(self.get(), number), given.method()));
  }
  Bytes key = given.key(0);
  return integer(check(og_shards_of(self.get(), key.data(), key.size()), given.method()));
}

PyObject *of_many(Shards &self, const Arguments<1> &given) {
  auto keys = py::reinterpret_steal<py::object>(PySequence_Tuple(given[0]));
  if (!keys) throw py::error_already_set();
  std::vector<int32_t> out(py::len(keys));
  if (!out.empty() && PyLong_Check(PyTuple_GET_ITEM(keys.ptr(), 0))) {
    std::vector<int64_t> numbers;
    for (const py::handle &key : keys) numbers.push_back(to_int64(key.ptr(), "keys"));
    check(og_shards_of_int64_many(self.get(), numbers.data(), static_cast<int64_t>(numbers.size()),
                                  out.data()),
          given.method());
  } else {
    ManyBytes texts(keys.ptr(), "keys");
    check(og_shards_of_many(self.get(), texts.data(), texts.sizes(), texts.count(), out.data()),
          given.method());
  }
  return indexes(out);
}

PyObject *span(Shards &self, const Arguments<2> &given) {
  ShardKey first(given[0], "first"), end(given[1], "end");
  const og_shards *shards = self.get();
  int64_t count =
      check(og_shards_span(shards, first.data(), first.size(), end.data(), end.size(), nullptr, 0),
            given.method());
  std::vector<int32_t> out(static_cast<size_t>(count));
  og_shards_span(shards, first.data(), first.size(), end.data(), end.size(), out.data(), count);
  return indexes(out);
}

PyObject *split(Shards &self, const Arguments<2> &given) {
  Checked checked;
  ShardKey key(given[0], "key");
  int32_t shard = given.index(1);
  return done(checked(og_shards_split(self.get(), key.data(), key.size(), shard, checked)), given);
}

PyObject *merge(Shards &self, const Arguments<1> &given) {
  Checked checked;
  ShardKey key(given[0], "key");
  return done(checked(og_shards_merge(self.get(), key.data(), key.size(), checked)), given);
}

PyObject *copy(Shards &self, const Arguments<0> &) {
  Checked checked;
  og_shards *handle = nullptr;
  checked(og_shards_copy(self.get(), &handle, checked));
  auto made = fresh<Shards>(handle);
  made->options = self.options;
  return py::cast(std::move(made)).release().ptr();
}

PyObject *move(Shards &self, const Arguments<2> &given) {
  const auto &to = given_noun<Shards>(given[0], "to");
  ShardKey key(given[1], "key");
  int32_t source = 0, target = 0;
  int64_t moves = og_shards_move(self.get(), to.get(), key.data(), key.size(), &source, &target);
  if (check(moves, given.method()) == 0) return none();
  return py::make_tuple(source, target).release().ptr();
}

PyObject *moves(Shards &self, const Arguments<1> &given) {
  Checked checked;
  Ranges ranges;
  checked(
      og_shards_moves(self.get(), given_noun<Shards>(given[0], "to").get(), ranges.out(), checked));
  return list(ranges);
}

PyObject *ranges(Shards &self, const Arguments<0> &) {
  Checked checked;
  Ranges ranges;
  checked(og_shards_ranges(self.get(), ranges.out(), checked));
  return list(ranges);
}

std::unique_ptr<Shards> make(const py::object &splits, const py::kwargs &keywords) {
  py::dict options = keywords;
  std::vector<ShardKey> keys;
  std::vector<const void *> data;
  std::vector<int64_t> sizes;
  if (!splits.is_none()) {
    if (!options.contains("strategy")) options["strategy"] = "range";
    py::tuple all(splits);
    keys.reserve(all.size());
    for (const py::handle &split : all) {
      const ShardKey &key = keys.emplace_back(split.ptr(), "splits");
      data.push_back(key.data());
      sizes.push_back(key.size());
    }
  }
  const void *const *each = data.empty() ? nullptr : data.data();
  return make_noun<Shards>(
      options, py::none(),
      [&](const og_config *config, const og_clock *, og_shards **out, og_error **error) {
        return og_shards_create(config, each, sizes.data(), static_cast<int64_t>(data.size()), out,
                                error);
      });
}

py::object int64_key(const py::object &key) {
  char eight[8];
  og_shards_int64_key(to_int64(key.ptr(), "key"), eight);
  return py::bytes(eight, sizeof eight);
}

}  // namespace outgrow::python::shards_members
