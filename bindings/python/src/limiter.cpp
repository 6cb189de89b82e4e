// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::limiter_members {

PyObject *acquire_many_ns(Limiter &self, const Arguments<3> &given) {
  ManyBytes keys(given[0], "keys");
  std::vector<int64_t> costs;
  if (given.given(1)) {
    for (const py::handle &cost : py::iter(given[1]))
      costs.push_back(to_natural(cost.ptr(), "costs"));
    if (costs.size() != static_cast<size_t>(keys.count())) {
      raise(OG_INVALID_ARGUMENT, "costs must be as many as keys", "costs");
    }
  }
  auto now = given.time(2);
  std::vector<int64_t> waits(static_cast<size_t>(keys.count()));
  const int64_t *each = given.given(1) ? costs.data() : nullptr;
  check(now ? og_limiter_acquire_many_at(self.get(), keys.data(), keys.sizes(), each, keys.count(),
                                         *now, waits.data())
            : og_limiter_acquire_many(self.get(), keys.data(), keys.sizes(), each, keys.count(),
                                      waits.data()),
        given.method());
  py::list answer(waits.size());
  for (size_t i = 0; i < waits.size(); ++i) answer[i] = waits[i];
  return answer.release().ptr();
}

}  // namespace outgrow::python::limiter_members
