// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::gather_members {

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
  return made_by<Query>(self, query);
}

}  // namespace outgrow::python::gather_members
