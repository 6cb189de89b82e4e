// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::balancer_members {

PyObject *pick_many(Balancer &self, const Arguments<1> &given) {
  std::vector<int32_t> picked;
  if (PyIndex_Check(given[0])) {  // so many picks without keys
    int64_t count = given.natural(0);
    if (count > (INT64_C(1) << 24))
      raise(OG_INVALID_ARGUMENT, "keys: at most 16777216 picks", "keys");
    picked.resize(static_cast<size_t>(count));
    check(og_balancer_pick_many(self.get(), nullptr, nullptr, count, picked.data()),
          given.method());
  } else {
    ManyBytes keys(given[0], "keys");
    picked.resize(static_cast<size_t>(keys.count()));
    check(og_balancer_pick_many(self.get(), keys.data(), keys.sizes(), keys.count(), picked.data()),
          given.method());
  }
  return indexes(picked);
}

std::unique_ptr<Balancer> make(const py::object &endpoints, const py::object &clock,
                               const py::kwargs &options) {
  const auto &set = given_noun<Endpoints>(endpoints, "endpoints");
  return make_noun<Balancer>(
      options, clock,
      [&set](const og_config *config, const og_clock *handle, og_balancer **out, og_error **error) {
        return og_balancer_create(config, set.get(), handle, out, error);
      });
}

}  // namespace outgrow::python::balancer_members
