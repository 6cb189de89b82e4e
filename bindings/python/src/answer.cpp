// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

namespace outgrow::python {

Answer Answer::lookup{
    "Lookup",
    "Of Cache.get_or_lease and Service.begin.",
    {{"result", "above 0 the lease or ticket, else a Status"},
     {"value", "the value, fresh or stale, or None"},
     {"wait_ns",
      "how long another caller's lease, the rate or the breaker still stands in the way"}}};
Answer Answer::verdict{"Verdict",
                       "Of RateLimiter.acquire_detailed: HTTP's RateLimit and Retry-After fields.",
                       {{"wait_ns", "0: it passed"},
                        {"limit", "what the key may take at once"},
                        {"remaining", "what it may take now"},
                        {"reset_after_ns", "until all of it is there again"}}};
Answer Answer::assignment{"Assignment",
                          "Of Balancer.acquire and ReplicaRouter.acquire.",
                          {{"ticket", "above 0, or Status.NONE or Status.FULL"},
                           {"index", "the endpoint or node, or Status.NONE"}}};
Answer Answer::move{"KeyRange",
                    "Of ShardMap.moves and ranges: keys from first on, up to but without end.",
                    {{"first", "the first key"},
                     {"end", "the first key after it; empty: no end"},
                     {"source", "the shard that holds it"},
                     {"target", "the shard it moves to; in ranges, the same"}}};
Answer Answer::row{
    "Row",
    "Of a Query.",
    {{"shard", "where it came from"}, {"key", "what it is ordered by"}, {"row", "its bytes"}}};
Answer Answer::failure{"ShardFailure",
                       "Of Query.failures.",
                       {{"shard", "the shard"},
                        {"reason", "a Status"},
                        {"message", "what was said"},
                        {"dropped_rows", "how many of its rows do not count"}}};
Answer Answer::letter{"DeadLetter",
                      "Of CachedStore.dead_letters.",
                      {{"key", "the key"},
                       {"value", "what was to be written; None: a deletion"},
                       {"attempts", "how often it was tried"},
                       {"reason", "the last error's Status"},
                       {"message", "the last error's text"}}};

Answer::Answer(const char *name, const char *doc, std::initializer_list<Field> fields)
    : name_(name), doc_(doc), fields_(fields) {}

void Answer::add_to(py::module_ &module) {
  py::list names;
  for (const Field &field : fields_) names.append(field.name);
  py::object type = py::module_::import("collections").attr("namedtuple")(name_, names);
  type.attr("__module__") = "outgrow";
  type.attr("__doc__") = doc_;
  for (const Field &field : fields_) type.attr(field.name).attr("__doc__") = field.doc;
  module.attr(name_) = type;
  type_ = reinterpret_cast<PyTypeObject *>(type.release().ptr());  // as long as the process
}

py::object Answer::blank(Py_ssize_t count) const {
  PyObject *answer = type_->tp_alloc(type_, count);
  if (answer == nullptr) throw py::error_already_set();
#if PY_VERSION_HEX >= 0x030E0000
  reinterpret_cast<PyTupleObject *>(answer)->ob_hash = -1;  // not known yet
#endif
  return py::reinterpret_steal<py::object>(answer);
}

}  // namespace outgrow::python
