// SPDX-License-Identifier: Apache-2.0
#include "scope.h"

#include "class_members.h"

namespace outgrow::python::scope_members {
namespace {

// Others may hold the segment's lock: the GIL is given up meanwhile.
template <class Call>
void call_unlocked(Call call) {
  Checked checked;
  og_status status = OG_OK;
  {
    WithoutGil others;
    status = call(static_cast<og_error **>(checked));
  }
  checked(status);
}

// What the library tells as JSON.
template <class Tell>
py::object told(Tell tell) {
  LongText text;
  call_unlocked([&](og_error **error) { return tell(text.out(), error); });
  py::bytes json = to_bytes(og_text_data(text), og_text_size(text));
  return py::module_::import("json").attr("loads")(json);
}

}  // namespace

py::object host(const py::object &name, const py::kwargs &options) {
  const std::string text(to_text(name.ptr(), "name"));
  Config config(options);
  og_scope *handle = nullptr;
  call_unlocked(
      [&](og_error **error) { return og_scope_create_host(text.c_str(), config, &handle, error); });
  auto scope = fresh<Scope>(handle);
  scope->options["name"] = name;
  scope->options.attr("update")(options);
  return py::cast(std::move(scope));
}

py::object inspect(const py::object &name, const py::object &verify) {
  const std::string text(to_text(name.ptr(), "name"));
  const int32_t reads_all = py::bool_(verify);
  return told([&](og_text **out, og_error **error) {
    return og_scope_inspect(text.c_str(), reads_all, out, error);
  });
}

py::object remove(const py::object &name) {
  const std::string text(to_text(name.ptr(), "name"));
  call_unlocked([&](og_error **error) { return og_scope_remove(text.c_str(), error); });
  return py::none();
}

py::object list() { return told(og_scope_list); }

py::object name(const Scope &self) { return self.options["name"]; }

}  // namespace outgrow::python::scope_members
