// SPDX-License-Identifier: Apache-2.0
#include "module.h"
#include "noun_class.h"

namespace outgrow::python {
namespace {

template <class Create, class... Start>
std::unique_ptr<Clock> make(Create create, Start... start) {
  og_clock *handle = nullptr;
  Checked checked;
  checked(create(start..., &handle, checked));
  return fresh<Clock>(handle);
}

PyObject *now(Clock &self, const Arguments<0> &given) {
  return number(static_cast<double>(check(og_clock_now(self.get()), given.method())) / 1e9);
}

PyObject *now_ns(Clock &self, const Arguments<0> &given) {
  return integer(check(og_clock_now(self.get()), given.method()));
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

}  // namespace

void bind_clock(py::module_ &module) {
  auto type =
      closing_class<Clock>(module,
                           "Time that never steps back, from an arbitrary start. Nouns take one "
                           "as clock=; without, they take the system's.");
  type.def_static(
      "system", [] { return make(og_clock_create_system); },
      "The cheapest exact clock of this machine; the default.");
  type.def_static(
      "monotonic", [] { return make(og_clock_create_monotonic); }, "The kernel's CLOCK_MONOTONIC.");
  type.def_static(
      "coarse", [] { return make(og_clock_create_coarse); },
      "The kernel tick's time: cheapest, 1 to 10 ms coarse.");
  type.def_static(
      "manual",
      [](const py::object &start_ns) {
        auto clock = make(og_clock_create_manual, to_int64(start_ns.ptr(), "start_ns"));
        clock->manual = true;
        return clock;
      },
      py::arg("start_ns") = 0, "A clock that stands until it is moved: for tests and replay.");
  type.def_readonly("manual_clock", &Clock::manual, "Whether it is a manual one.");
  type.def_readonly("_watchers", &Clock::watchers);
  method<now>(type, "now($self)", "The time in seconds.");
  method<now_ns>(type, "now_ns($self)", "The time in nanoseconds.");
  method<set_ns>(type, "set_ns($self, now_ns)", "Moves a manual clock to a time; never back.");
  method<advance>(type, "advance($self, by)",
                  "Moves a manual clock on, and wakes those that sleep by it.");
  method<advance_ns>(type, "advance_ns($self, by_ns)", "The same, in nanoseconds.");
}

}  // namespace outgrow::python
