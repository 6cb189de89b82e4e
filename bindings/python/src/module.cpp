// SPDX-License-Identifier: Apache-2.0
// outgrow._core: the nouns over outgrow.h. outgrow/__init__.py makes the package of it.
#include <cstring>

#include "errors.h"
#include "module.h"
#include "numbers.h"

PYBIND11_MODULE(_core, module) {
  using namespace outgrow::python;
  if (std::strcmp(og_version(), OG_VERSION) != 0) {
    throw py::import_error(std::string("outgrow's module was built for ") + OG_VERSION +
                           " and is linked with " + og_version());
  }
  load_errors();
  load_timedelta();
  module.attr("VERSION") = og_version();
  module.attr("NEVER") = OG_NEVER;
  bind_clock(module);
  bind_limiter(module);
  bind_breaker(module);
}
