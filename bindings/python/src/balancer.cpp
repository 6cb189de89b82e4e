// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "module.h"
#include "noun_class.h"
#include "ticket.h"

namespace outgrow::python {
namespace {

PyObject *pick(Balancer &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  auto now = given.time(1);
  return index_or_none(check(now ? og_balancer_pick_at(self.get(), key.data(), key.size(), *now)
                                 : og_balancer_pick(self.get(), key.data(), key.size()),
                             given.method()));
}

PyObject *pick_many(Balancer &self, const Arguments<1> &given) {
  std::vector<int32_t> picked;
  if (PyIndex_Check(given[0])) {  // so many picks without keys
    int64_t count = given.natural(0);
    if (count > (INT64_C(1) << 24))
      raise(OG_INVALID_ARGUMENT, "keys: at most 16777216 picks", "keys");
    picked.resize(static_cast<size_t>(count));
    check(og_balancer_pick_many(self.get(), nullptr, nullptr, count, picked.data()),
          given.method());
  } else {
    ManyBytes keys(given[0], "keys");
    picked.resize(static_cast<size_t>(keys.count()));
    check(og_balancer_pick_many(self.get(), keys.data(), keys.sizes(), keys.count(), picked.data()),
          given.method());
  }
  return indexes(picked);
}

PyObject *acquire(Balancer &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  auto now = given.time(1);
  int32_t index = OG_NONE;
  int64_t ticket = now ? og_balancer_acquire_at(self.get(), key.data(), key.size(), *now, &index)
                       : og_balancer_acquire(self.get(), key.data(), key.size(), &index);
  return assignment(check(ticket, given.method()), index);
}

PyObject *picks(Balancer &self, const Arguments<1> &given) {
  int32_t index = given.index(0);
  return integer(check(og_balancer_picks(self.get(), index), given.method()));
}

std::unique_ptr<Balancer> make(const py::object &endpoints, const py::object &clock,
                               const py::kwargs &options) {
  const auto &set = given_noun<Endpoints>(endpoints, "endpoints");
  return make_noun<Balancer>(
      options, clock,
      [&set](const og_config *config, const og_clock *handle, og_balancer **out, og_error **error) {
        return og_balancer_create(config, set.get(), handle, out, error);
      });
}

constexpr const char *kDoc =
    "Which endpoint takes a call.\n\n"
    "Balancer(endpoints, policy=\"least_connections\"); policies: round_robin, "
    "weighted_round_robin,\n"
    "least_connections, consistent_hash. Several may share the endpoints. Safe from every thread.";

}  // namespace

void bind_balancer(py::module_ &module) {
  auto type = closing_class<Balancer>(module, kDoc);
  type.def(py::init(&make), py::arg("endpoints"), py::kw_only(), py::arg("clock") = py::none());
  method<pick>(type, "pick($self, key=b'', *, now_ns=None)",
               "An endpoint's index, or None when none may be picked. The key matters to "
               "consistent_hash alone.");
  method<pick_many>(type, "pick_many($self, keys)",
                    "A pick for each key; or so many, when keys is a number.");
  method<acquire>(
      type, "acquire($self, key=b'', *, now_ns=None)",
      "Picks and counts a call in flight: an Assignment, whose ticket goes to release.");
  method<picks>(type, "picks($self, index)",
                "How often the endpoint has been picked or acquired through this balancer.");
  bind_tickets<Balancer, og_balancer_release, og_balancer_release_at, og_balancer_cancel,
               og_balancer_cancel_at>(type);
}

}  // namespace outgrow::python
