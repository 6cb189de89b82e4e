// SPDX-License-Identifier: Apache-2.0
#include "service.h"

#include "class_members.h"

namespace outgrow::python::service_members {

// Of read(), which wakes those who wait for its key itself.
PyObject *_end_with(Service &self, const Arguments<3> &given) {
  int64_t ticket = given.integer(0), ttl = to_ttl(given, 2);
  Codec::Encoded value(self.codec, given[1]);
  check(og_service_end(self.get(), ticket, 1, -1, value.data(), value.size(), ttl), "end");
  return self.codec.decode(value.data(), value.size()).release().ptr();
}

}  // namespace outgrow::python::service_members
