// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "module.h"
#include "noun_class.h"
#include "query.h"

namespace outgrow::python {
namespace {

PyObject *start(Gather &self, const Arguments<2> &given) {
  std::vector<int32_t> shards;
  int64_t count = 0;
  if (PyIndex_Check(given[0])) {
    count = given.integer(0);
  } else {
    for (const py::handle &shard : py::iter(given[0])) {
      int64_t number = to_int64(shard.ptr(), "shards");
      shards.push_back(number == static_cast<int32_t>(number) ? static_cast<int32_t>(number) : -1);
    }
    count = static_cast<int64_t>(shards.size());
  }
  auto now = given.time(1);
  og_query *query = nullptr;
  Checked checked;
  const int32_t *list = shards.empty() ? nullptr : shards.data();
  checked(now ? og_gather_start_at(self.get(), list, count, *now, &query, checked)
              : og_gather_start(self.get(), list, count, &query, checked));
  auto made = fresh<Query>(query);
  made->clock = self.clock;
  return py::cast(std::move(made)).release().ptr();
}

std::unique_ptr<Gather> make(const py::object &clock, const py::kwargs &options) {
  return make_noun<Gather>(options, clock, og_gather_create);
}

constexpr const char *kDoc =
    "Scatter-gather: one query to several shards, their rows merged, and the shards that failed "
    "named.\n\n"
    "Gather(policy=\"quorum\", deadline_ms=200).start(shards) gives a Query: hand in what each "
    "shard\n"
    "answers, then iterate over it. Safe from every thread.";

}  // namespace

void bind_gather(py::module_ &module) {
  bind_query(module);
  auto type = closing_class<Gather>(module, kDoc);
  type.def(py::init(&make), py::kw_only(), py::arg("clock") = py::none());
  method<start>(type, "start($self, shards, *, now_ns=None)",
                "A Query to those shards, or to so many from 0 on. Its deadline runs from now.");
}

}  // namespace outgrow::python
