// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "answer.h"
#include "module.h"
#include "noun_class.h"
#include "scope.h"

namespace outgrow::python {
namespace {

int64_t acquire(Limiter &self, const Arguments<3> &given) {
  Bytes key = given.key(0);
  int64_t cost = given.natural(1, 1);
  auto now = given.time(2);
  return check(now ? og_limiter_acquire_at(self.get(), key.data(), key.size(), cost, *now)
                   : og_limiter_acquire(self.get(), key.data(), key.size(), cost),
               given.method());
}

PyObject *try_acquire(Limiter &self, const Arguments<3> &given) {
  return boolean(acquire(self, given) == 0);
}

PyObject *try_acquire_ns(Limiter &self, const Arguments<3> &given) {
  return integer(acquire(self, given));
}

PyObject *require(Limiter &self, const Arguments<3> &given) {
  int64_t wait = acquire(self, given);
  if (wait != 0) raise_rate_limited(wait);
  return none();
}

int64_t ask(Limiter &self, const Arguments<3> &given) {
  Bytes key = given.key(0);
  int64_t cost = given.natural(1, 1);
  auto now = given.time(2);
  return check(now ? og_limiter_peek_at(self.get(), key.data(), key.size(), cost, *now)
                   : og_limiter_peek(self.get(), key.data(), key.size(), cost),
               given.method());
}

PyObject *peek(Limiter &self, const Arguments<3> &given) {
  return number(seconds(ask(self, given)));
}
PyObject *peek_ns(Limiter &self, const Arguments<3> &given) { return integer(ask(self, given)); }

PyObject *acquire_many_ns(Limiter &self, const Arguments<3> &given) {
  ManyBytes keys(given[0], "keys");
  std::vector<int64_t> costs;
  if (given.given(1)) {
    for (const py::handle &cost : py::iter(given[1]))
      costs.push_back(to_natural(cost.ptr(), "costs"));
    if (costs.size() != static_cast<size_t>(keys.count())) {
      raise(OG_INVALID_ARGUMENT, "costs must be as many as keys", "costs");
    }
  }
  auto now = given.time(2);
  std::vector<int64_t> waits(static_cast<size_t>(keys.count()));
  const int64_t *each = given.given(1) ? costs.data() : nullptr;
  check(now ? og_limiter_acquire_many_at(self.get(), keys.data(), keys.sizes(), each, keys.count(),
                                         *now, waits.data())
            : og_limiter_acquire_many(self.get(), keys.data(), keys.sizes(), each, keys.count(),
                                      waits.data()),
        given.method());
  py::list answer(waits.size());
  for (size_t i = 0; i < waits.size(); ++i) answer[i] = waits[i];
  return answer.release().ptr();
}

PyObject *acquire_detailed(Limiter &self, const Arguments<3> &given) {
  Bytes key = given.key(0);
  int64_t cost = given.natural(1, 1), limit = 0, remaining = 0, reset = 0;
  auto now = given.time(2);
  int64_t wait = now ? og_limiter_acquire_detailed_at(self.get(), key.data(), key.size(), cost,
                                                      *now, &limit, &remaining, &reset)
                     : og_limiter_acquire_detailed(self.get(), key.data(), key.size(), cost, &limit,
                                                   &remaining, &reset);
  check(wait, given.method());
  return Answer::verdict(owned(integer(wait)), owned(integer(limit)), owned(integer(remaining)),
                         owned(integer(reset)))
      .release()
      .ptr();
}

PyObject *stat(Limiter &self, const Arguments<1> &given) {
  int32_t which = given.index(0);
  return integer(check(og_limiter_stat(self.get(), which), given.method()));
}

std::unique_ptr<Limiter> make(const py::object &rate, const py::object &clock,
                              const py::object &scope, const py::object &name,
                              const py::kwargs &keywords) {
  py::dict options = keywords;
  if (!rate.is_none()) options["rate"] = rate;
  return make_noun_in<Limiter>(scope, name, options, clock, og_limiter_create_in);
}

constexpr const char *kDoc =
    "Whether a request of a key may pass, and if not, when.\n\n"
    "RateLimiter(\"100/s\", burst=20): 100 a second and key, 20 at once. policy=\"sliding_window\" "
    "counts\nexactly over the rate's period. Memory is fixed by keys=. Safe from every thread.";

}  // namespace

void bind_limiter(py::module_ &module) {
  auto type = closing_class<Limiter>(module, kDoc);
  type.def(py::init(&make), py::arg("rate") = py::none(), py::kw_only(),
           py::arg("clock") = py::none(), py::arg("scope") = py::none(),
           py::arg("name") = py::none());
  method<try_acquire>(type, "try_acquire($self, key=b'', cost=1, *, now_ns=None)",
                      "Takes cost, all or nothing: whether the request may pass.");
  method<try_acquire_ns>(type, "try_acquire_ns($self, key=b'', cost=1, *, now_ns=None)",
                         "The same: 0 when it passed, else in how many ns it would; NEVER when it "
                         "costs more than the limiter ever holds.");
  method<require>(type, "require($self, key=b'', cost=1, *, now_ns=None)",
                  "Takes cost, or raises RateLimited with retry_after in seconds.");
  method<peek>(
      type, "peek($self, key=b'', cost=1, *, now_ns=None)",
      "In how many seconds the request would pass, taking nothing: 0.0 is now, inf never.");
  method<peek_ns>(type, "peek_ns($self, key=b'', cost=1, *, now_ns=None)",
                  "The same in ns; NEVER is never.");
  method<acquire_many_ns>(type, "acquire_many_ns($self, keys, costs=None, *, now_ns=None)",
                          "try_acquire_ns for each key, at one time: a list of waits.");
  method<acquire_detailed>(type, "acquire_detailed($self, key=b'', cost=1, *, now_ns=None)",
                           "Takes cost; a Verdict with what the key has left.");
  method<stat>(type, "stat($self, which)", "One number of LimiterStat.");
}

}  // namespace outgrow::python
