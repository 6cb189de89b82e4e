// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::replicas_members {

PyObject *read_many(Replicas &self, const Arguments<1> &given) {
  int64_t count = given.natural(0);
  if (count > (INT64_C(1) << 24)) raise(OG_INVALID_ARGUMENT, "count: at most 16777216", "count");
  std::vector<int32_t> nodes(static_cast<size_t>(count));
  check(og_replicas_read_many(self.get(), count, nodes.data()), given.method());
  return indexes(nodes);
}

}  // namespace outgrow::python::replicas_members
