// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "module.h"
#include "noun_class.h"
#include "ticket.h"

namespace outgrow::python {
namespace {

PyObject *read(Replicas &self, const Arguments<1> &given) {
  auto now = given.time(0);
  return index_or_none(check(
      now ? og_replicas_read_at(self.get(), *now) : og_replicas_read(self.get()), given.method()));
}

PyObject *read_many(Replicas &self, const Arguments<1> &given) {
  int64_t count = given.natural(0);
  if (count > (INT64_C(1) << 24)) raise(OG_INVALID_ARGUMENT, "count: at most 16777216", "count");
  std::vector<int32_t> nodes(static_cast<size_t>(count));
  check(og_replicas_read_many(self.get(), count, nodes.data()), given.method());
  return indexes(nodes);
}

PyObject *write(Replicas &self, const Arguments<0> &given) {
  return index_or_none(check(og_replicas_write(self.get()), given.method()));
}

PyObject *acquire(Replicas &self, const Arguments<2> &given) {
  int32_t writes = given.truth(0, false), node = OG_NONE;
  auto now = given.time(1);
  int64_t ticket = now ? og_replicas_acquire_at(self.get(), writes, *now, &node)
                       : og_replicas_acquire(self.get(), writes, &node);
  return assignment(check(ticket, given.method()), node);
}

PyObject *set_healthy(Replicas &self, const Arguments<2> &given) {
  int32_t node = given.index(0);
  bool healthy = given.truth(1, true);
  return done(og_replicas_set_healthy(self.get(), node, healthy), given);
}

PyObject *healthy(Replicas &self, const Arguments<1> &given) {
  int32_t node = given.index(0);
  return boolean(check(og_replicas_healthy(self.get(), node), given.method()) != 0);
}

template <auto kRead>
PyObject *number_of(Replicas &self, const Arguments<1> &given) {
  int32_t node = given.index(0);
  return integer(check(kRead(self.get(), node), given.method()));
}

PyObject *writes(Replicas &self, const Arguments<0> &given) {
  return integer(check(og_replicas_writes(self.get()), given.method()));
}

std::unique_ptr<Replicas> make(const py::object &clock, const py::kwargs &options) {
  return make_noun<Replicas>(options, clock, og_replicas_create);
}

constexpr const char *kDoc =
    "Which database node takes a call: 0 the primary, 1 to replicas= the replicas.\n\n"
    "Writes go to the primary, reads to a healthy replica, with none healthy to the primary "
    "unless\n"
    "fall_back=False. Safe from every thread.";

}  // namespace

void bind_replicas(py::module_ &module) {
  auto type = closing_class<Replicas>(module, kDoc);
  type.def(py::init(&make), py::kw_only(), py::arg("clock") = py::none());
  method<read>(type, "read($self, *, now_ns=None)", "The node for a read, or None.");
  method<read_many>(type, "read_many($self, count)", "So many reads.");
  method<write>(type, "write($self)", "The node for a write, or None.");
  method<acquire>(
      type, "acquire($self, write=False, *, now_ns=None)",
      "A node, and a call in flight counted: an Assignment, whose ticket goes to release.");
  method<set_healthy>(type, "set_healthy($self, node, healthy)", "Whether it may be chosen.");
  method<healthy>(type, "healthy($self, node)", "Whether it may be chosen.");
  method<number_of<og_replicas_in_flight>>(type, "in_flight($self, node)",
                                           "Calls acquired and not returned.");
  method<number_of<og_replicas_reads>>(type, "reads($self, node)", "Reads sent to the node.");
  method<writes>(type, "writes($self)", "Writes in all.");
  bind_tickets<Replicas, og_replicas_release, og_replicas_release_at, og_replicas_cancel,
               og_replicas_cancel_at>(type);
}

}  // namespace outgrow::python
