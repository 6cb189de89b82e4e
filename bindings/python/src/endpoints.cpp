// SPDX-License-Identifier: Apache-2.0
#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::endpoints_members {

PyObject *special_contains(Endpoints &self, const Arguments<1> &given) {
  std::string name = given.text(0);
  return boolean(check(og_endpoints_find(self.get(), name.c_str()), given.method()) >= 0);
}

}  // namespace outgrow::python::endpoints_members
