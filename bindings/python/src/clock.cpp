// SPDX-License-Identifier: Apache-2.0
#include "clock.h"

#include "class_members.h"

namespace outgrow::python::clock_members {
namespace {

template <class Create, class... Start>
py::object make(bool manual, Create create, Start... start) {
  og_clock *handle = nullptr;
  Checked checked;
  checked(create(start..., &handle, checked));
  auto clock = fresh<Clock>(handle);
  clock->manual = manual;
  return py::cast(std::move(clock));
}

// Tells those that sleep by this clock; a copy of the list, as they leave it meanwhile.
PyObject *moved(Clock &self, og_status status, const char *what) {
  if (status == OG_INVALID_ARGUMENT)
    raise(status, std::string(what) + ": only manual clocks move, and only forward");
  check(status, what);
  if (self.watchers.empty()) return none();
  py::list watchers(self.watchers.attr("copy")());
  for (const py::handle &watcher : watchers) watcher();
  return none();
}

}  // namespace

py::object system() { return make(false, og_clock_create_system); }
py::object monotonic() { return make(false, og_clock_create_monotonic); }
py::object coarse() { return make(false, og_clock_create_coarse); }
py::object manual(const py::object &start_ns) {
  return make(true, og_clock_create_manual, to_int64(start_ns.ptr(), "start_ns"));
}

py::object manual_clock(const Clock &self) { return py::bool_(self.manual); }
py::object _watchers(const Clock &self) { return self.watchers; }

PyObject *now(Clock &self, const Arguments<0> &given) {
  return number(static_cast<double>(check(og_clock_now(self.get()), given.method())) / 1e9);
}

PyObject *now_ns(Clock &self, const Arguments<0> &given) {
  return integer(check(og_clock_now(self.get()), given.method()));
}

PyObject *set_ns(Clock &self, const Arguments<1> &given) {
  int64_t to = given.integer(0);
  return moved(self, og_clock_set(self.get(), to), given.method());
}

PyObject *advance(Clock &self, const Arguments<1> &given) {
  int64_t by = given.duration(0, 0);
  return moved(self, og_clock_advance(self.get(), by), given.method());
}

PyObject *advance_ns(Clock &self, const Arguments<1> &given) {
  int64_t by = given.integer(0);
  return moved(self, og_clock_advance(self.get(), by), given.method());
}

}  // namespace outgrow::python::clock_members
