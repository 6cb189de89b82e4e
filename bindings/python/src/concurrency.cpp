// SPDX-License-Identifier: Apache-2.0
#include "concurrency.h"

#include "guard.h"
#include "module.h"
#include "noun_class.h"
#include "scope.h"

namespace outgrow::python {
namespace {

PyObject *enter(Concurrency &self, const Arguments<1> &given) {
  auto now = given.time(0);
  int64_t permit =
      check(now ? og_concurrency_enter_at(self.get(), *now) : og_concurrency_enter(self.get()),
            given.method());
  return permit == OG_FULL ? none() : integer(permit);
}

PyObject *exit(Concurrency &self, const Arguments<2> &given) {
  int64_t permit = given.integer(0);
  auto now = given.time(1);
  return stood(now ? og_concurrency_exit_at(self.get(), permit, *now)
                   : og_concurrency_exit(self.get(), permit),
               given);
}

PyObject *in_flight(Concurrency &self, const Arguments<1> &given) {
  auto now = given.time(0);
  return integer(check(
      now ? og_concurrency_in_flight_at(self.get(), *now) : og_concurrency_in_flight(self.get()),
      given.method()));
}

PyObject *stat(Concurrency &self, const Arguments<1> &given) {
  int32_t which = given.index(0);
  return integer(check(og_concurrency_stat(self.get(), which), given.method()));
}

std::unique_ptr<Concurrency> make(const py::object &limit, const py::object &clock,
                                  const py::object &scope, const py::object &name,
                                  const py::kwargs &keywords) {
  py::dict options = keywords;
  if (!limit.is_none()) options["limit"] = limit;
  return make_noun_in<Concurrency>(scope, name, options, clock, og_concurrency_create_in);
}

constexpr const char *kDoc =
    "Whether there is room for one more call in flight (a bulkhead).\n\n"
    "ConcurrencyLimiter(8): at most 8 at a time, over all threads and tasks, and with scope= and "
    "name=\n"
    "over all processes of the machine. `with limiter:`, `async with limiter:`, limiter.call(f, "
    "...)\n"
    "and @limiter hold a permit for the call, or raise ConcurrencyFull at once. A permit that is "
    "not\n"
    "returned within permit_ms, or whose process is gone, is taken back. Safe from every thread.";

}  // namespace

void bind_concurrency(py::module_ &module) {
  auto type = noun_class<Concurrency>(module, kDoc);
  type.def(py::init(&make), py::arg("limit") = py::none(), py::kw_only(),
           py::arg("clock") = py::none(), py::arg("scope") = py::none(),
           py::arg("name") = py::none());
  type.def_property_readonly(
      "limit",
      [](const Concurrency &self) { return check(og_concurrency_limit(self.get()), "limit"); },
      "How many may be in flight at a time.");
  method<enter>(type, "enter($self, *, now_ns=None)",
                "A permit for one call, to be returned with exit; None when there is no room.");
  method<exit>(type, "exit($self, permit, *, now_ns=None)",
               "The call is over. False: the permit was returned before, was taken back, or is "
               "another process's.");
  method<in_flight>(type, "in_flight($self, *, now_ns=None)",
                    "Permits that are out: reads all of them, and in a scope asks the kernel about "
                    "their processes.");
  method<stat>(type, "stat($self, which)", "One of `stats`, by ConcurrencyStat.");
  bind_guard(module, type);
}

}  // namespace outgrow::python
