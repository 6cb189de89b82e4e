// SPDX-License-Identifier: Apache-2.0
#include "class_members.h"

namespace outgrow::python::scope_members {

py::object host(const py::object &name, const py::kwargs &options) {
  const std::string text(to_text(name.ptr(), "name"));
  Config config(options);
  og_scope *handle = nullptr;
  Checked checked;
  og_status status = OG_OK;
  {
    WithoutGil others;  // they may hold the segment's lock
    status = og_scope_create_host(text.c_str(), config, &handle, checked);
  }
  checked(status);
  auto scope = fresh<Scope>(handle);
  scope->options["name"] = name;
  scope->options.attr("update")(options);
  return py::cast(std::move(scope));
}

py::object name(const Scope &self) { return self.options["name"]; }

}  // namespace outgrow::python::scope_members
