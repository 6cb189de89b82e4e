// SPDX-License-Identifier: Apache-2.0
#include "scope.h"

#include "module.h"
#include "noun_class.h"
#include "value.h"

namespace outgrow::python {
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

std::unique_ptr<Scope> host(const py::object &name, const py::kwargs &options) {
  const std::string text(to_text(name.ptr(), "name"));
  Config config(options);
  og_scope *handle = nullptr;
  call_unlocked(
      [&](og_error **error) { return og_scope_create_host(text.c_str(), config, &handle, error); });
  auto scope = fresh<Scope>(handle);
  scope->options["name"] = name;
  scope->options.attr("update")(options);
  return scope;
}

// What the library tells as JSON.
template <class Tell>
py::object told(Tell tell) {
  LongText text;
  call_unlocked([&](og_error **error) { return tell(text.out(), error); });
  py::bytes json = to_bytes(og_text_data(text), og_text_size(text));
  return py::module_::import("json").attr("loads")(json);
}

py::object inspect(const py::object &name, bool verify) {
  const std::string text(to_text(name.ptr(), "name"));
  return told([&](og_text **out, og_error **error) {
    return og_scope_inspect(text.c_str(), verify, out, error);
  });
}

void remove(const py::object &name) {
  const std::string text(to_text(name.ptr(), "name"));
  call_unlocked([&](og_error **error) { return og_scope_remove(text.c_str(), error); });
}

PyObject *stat(Scope &self, const Arguments<1> &given) {
  int32_t which = given.index(0);
  return integer(check(og_scope_stat(self.get(), which), given.method()));
}

constexpr const char *kDoc =
    "Memory that all processes of the machine share, whatever their language.\n\n"
    "scope = Scope.host(\"/checkout\"); a noun made with scope=scope, name=\"logins\" is one and "
    "the same\n"
    "in each of them, forked or not: one limit, one breaker, one count. The options are the same "
    "for\n"
    "all who give that name. A process may die at any instruction. Safe from every thread. Linux.";

}  // namespace

void bind_scope(py::module_ &module) {
  auto type = closing_class<Scope>(module, kDoc);
  type.def_static(
      "host", &host, py::arg("name"),
      "Attaches to the segment, and makes it where there is none. The name is one of shared "
      "memory,\n\"/checkout\", or a file's path. The process is attached for as long as the "
      "scope or a noun in it lives.");
  type.def_static(
      "inspect", &inspect, py::arg("name"), py::kw_only(), py::arg("verify") = false,
      "What lies in a segment, as a dict, without attaching to it; verify=True reads all of it\n"
      "for its \"faults\".");
  type.def_static(
      "list", [] { return told(og_scope_list); },
      "The names of the segments in shared memory that this user may open.");
  type.def_static(
      "remove", &remove, py::arg("name"),
      "Removes the name: who is attached keeps what there is, who comes later makes it anew.");
  type.def_property_readonly(
      "name", [](const Scope &self) { return self.options["name"]; }, "What it was attached by.");
  method<stat>(type, "stat($self, which)", "One number of ScopeStat.");
}

}  // namespace outgrow::python
