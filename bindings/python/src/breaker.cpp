// SPDX-License-Identifier: Apache-2.0
#include "breaker.h"

#include <algorithm>

#include "guard.h"
#include "module.h"
#include "noun_class.h"
#include "scope.h"

namespace outgrow::python {
namespace {

PyObject *enter(Breaker &self, const Arguments<1> &given) {
  auto now = given.time(0);
  int64_t permit = check(now ? og_breaker_enter_at(self.get(), *now) : og_breaker_enter(self.get()),
                         given.method());
  return permit == OG_REFUSED ? none() : integer(permit);
}

PyObject *exit(Breaker &self, const Arguments<3> &given) {
  int64_t permit = given.integer(0);
  int32_t success = given.truth(1, true);
  auto now = given.time(2);
  return stood(now ? og_breaker_exit_at(self.get(), permit, success, *now)
                   : og_breaker_exit(self.get(), permit, success),
               given);
}

PyObject *cancel(Breaker &self, const Arguments<2> &given) {
  int64_t permit = given.integer(0);
  auto now = given.time(1);
  return stood(
      now ? og_breaker_cancel_at(self.get(), permit, *now) : og_breaker_cancel(self.get(), permit),
      given);
}

int64_t wait(Breaker &self, const Arguments<1> &given) {
  auto now = given.time(0);
  return check(
      now ? og_breaker_retry_after_at(self.get(), *now) : og_breaker_retry_after(self.get()),
      given.method());
}

PyObject *retry_after(Breaker &self, const Arguments<1> &given) {
  return number(seconds(wait(self, given)));
}
PyObject *retry_after_ns(Breaker &self, const Arguments<1> &given) {
  return integer(wait(self, given));
}

PyObject *force_open(Breaker &self, const Arguments<0> &given) {
  return done(og_breaker_force_open(self.get()), given);
}
PyObject *force_closed(Breaker &self, const Arguments<0> &given) {
  return done(og_breaker_force_closed(self.get()), given);
}
PyObject *reset(Breaker &self, const Arguments<0> &given) {
  return done(og_breaker_reset(self.get()), given);
}

// Before it is asked for, in the middle of another error.
void check_ignore(const py::object &ignore) {
  auto is_class = [](py::handle each) { return PyExceptionClass_Check(each.ptr()) != 0; };
  bool right = ignore.is_none() || is_class(ignore);
  if (PyTuple_Check(ignore.ptr())) {
    const auto all = py::reinterpret_borrow<py::tuple>(ignore);
    right = std::all_of(all.begin(), all.end(), is_class);
  }
  if (!right) {
    raise_type("ignore must be an exception class or a tuple of them, not " +
               std::string(py::repr(ignore)));
  }
}

std::unique_ptr<Breaker> make(const py::object &clock, const py::object &ignore,
                              const py::object &scope, const py::object &name,
                              const py::kwargs &options) {
  check_ignore(ignore);
  auto breaker = make_noun_in<Breaker>(scope, name, options, clock, og_breaker_create_in);
  breaker->ignore = ignore;
  return breaker;
}

constexpr const char *kDoc =
    "Whether a call to something that fails may be tried.\n\n"
    "CircuitBreaker(failure_threshold=5, open_ms=\"30s\"). `with breaker:`, `async with "
    "breaker:`,\n"
    "breaker.call(f, ...) and @breaker guard a call: an Exception is a failure, unless it is one "
    "of\n"
    "ignore=(Class, ...), which count as successes; what is no Exception (a cancelled task, "
    "Ctrl-C)\n"
    "counts for nothing. Open, they raise CircuitOpen. Safe from every thread.";

}  // namespace

void bind_breaker(py::module_ &module) {
  auto type = noun_class<Breaker>(module, kDoc);
  type.def(py::init(&make), py::kw_only(), py::arg("clock") = py::none(),
           py::arg("ignore") = py::none(), py::arg("scope") = py::none(),
           py::arg("name") = py::none());
  type.def_property_readonly(
      "state",
      [](const Breaker &self) { return Enum::breaker_state(og_breaker_state(self.get())); },
      "BreakerState. An open breaker whose time is up is still open until a call enters.");
  type.def_property_readonly(
      "transitions", [](const Breaker &self) { return og_breaker_transitions(self.get()); },
      "How often it has changed state since its creation.");
  method<enter>(type, "enter($self, *, now_ns=None)",
                "A permit to try the call, to be returned with exit or cancel; None when refused.");
  method<exit>(type, "exit($self, permit, success=True, *, now_ns=None)",
               "The call's result: whether it counted. False: the permit is of an earlier "
               "generation, or was taken back.");
  method<cancel>(type, "cancel($self, permit, *, now_ns=None)",
                 "The call was not made, or says nothing: gives the permit back.");
  method<retry_after>(type, "retry_after($self, *, now_ns=None)",
                      "Seconds until an open breaker lets a call try; inf when forced open.");
  method<retry_after_ns>(type, "retry_after_ns($self, *, now_ns=None)", "The same in ns; NEVER.");
  method<force_open>(type, "force_open($self)", "Refuses until reset.");
  method<force_closed>(type, "force_closed($self)", "Passes until reset.");
  method<reset>(type, "reset($self)", "Back to closed, from any state, with no failure counted.");
  bind_guard(module, type);
}

}  // namespace outgrow::python
