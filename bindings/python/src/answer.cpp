// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

namespace outgrow::python {

Answer Answer::lookup{
    "Lookup",
    "Of Cache.get_or_lease and Service.begin.",
    {{"result", "above 0 the lease or ticket, else a Status"},
     {"value", "the value, fresh or stale, or None"},
     {"wait_ns", "how long another caller's lease, the rate or the breaker still stands in the way"}}};
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
Answer Answer::row{"Row",
                   "Of a Query.",
                   {{"shard", "where it came from"},
                    {"key", "what it is ordered by"},
                    {"row", "its bytes"}}};
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
  std::vector<PyStructSequence_Field> fields;
  for (const Field &field : fields_) fields.push_back({field.name, field.doc});
  fields.push_back({nullptr, nullptr});
  full_name_ = std::string("outgrow.") + name_;
  PyStructSequence_Desc description{full_name_.c_str(), doc_, fields.data(),
                                    static_cast<int>(fields_.size())};
  type_ = PyStructSequence_NewType(&description);
  if (type_ == nullptr) throw py::error_already_set();
  module.attr(name_) = py::handle(reinterpret_cast<PyObject *>(type_));
}

PyObject *Answer::operator()(std::initializer_list<PyObject *> parts) const {
  PyObject *answer = PyStructSequence_New(type_);
  bool complete = answer != nullptr;
  Py_ssize_t at = 0;
  for (PyObject *part : parts) {
    complete = complete && part != nullptr;
    if (answer != nullptr) {
      PyStructSequence_SetItem(answer, at++, part);
    } else {
      Py_XDECREF(part);
    }
  }
  if (!complete) Py_CLEAR(answer);
  return answer;
}

}  // namespace outgrow::python
