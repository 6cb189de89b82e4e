// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "class_members.h"
#include "nouns_generated.h"
#include "shard_key.h"

namespace outgrow::python::shards_members {

// Integers are known by the first.
PyObject *of_many(Shards &self, const Arguments<1> &given) {
  auto keys = owned(PySequence_Tuple(given[0]));
  std::vector<int32_t> out(py::len(keys));
  if (!out.empty() && PyLong_Check(PyTuple_GET_ITEM(keys.ptr(), 0))) {
    ManyNumbers<int64_t> numbers(keys.ptr(), "keys");
    check(og_shards_of_int64_many(self.get(), numbers.data(), numbers.count(), out.data()),
          given.method());
  } else {
    ManyBytes texts(keys.ptr(), "keys");
    check(og_shards_of_many(self.get(), texts.data(), texts.sizes(), texts.count(), out.data()),
          given.method());
  }
  return indexes(out).release().ptr();
}

std::unique_ptr<Shards> make(const py::object &splits, const py::kwargs &keywords) {
  py::dict options = keywords;
  std::vector<ShardKey> keys;
  std::vector<const void *> data;
  std::vector<int64_t> sizes;
  if (!splits.is_none()) {
    if (!options.contains("strategy")) options["strategy"] = "range";
    need_iterable(splits.ptr(), "splits");
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

PyObject *int64_key(const Arguments<1> &given) {
  char eight[8];
  og_shards_int64_key(given.integer(0), eight);
  return to_bytes(eight, sizeof eight).release().ptr();
}

}  // namespace outgrow::python::shards_members
