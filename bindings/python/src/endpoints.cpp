// SPDX-License-Identifier: Apache-2.0
#include "module.h"
#include "noun_class.h"
#include "scope.h"
#include "value.h"

namespace outgrow::python {
namespace {

template <auto kPut>
PyObject *put(Endpoints &self, const Arguments<3> &given) {
  Checked checked;
  std::string name = given.text(0), zone = given.text(2);
  int64_t weight = given.integer(1, 1);
  return integer(check(checked(kPut(self.get(), name.c_str(), weight, zone.c_str(), checked)),
                       given.method()));
}

PyObject *remove(Endpoints &self, const Arguments<1> &given) {
  Checked checked;
  int32_t index = given.index(0);
  return done(checked(og_endpoints_remove(self.get(), index, checked)), given);
}

PyObject *set_weight(Endpoints &self, const Arguments<2> &given) {
  Checked checked;
  int32_t index = given.index(0);
  int64_t weight = given.integer(1);
  return done(checked(og_endpoints_set_weight(self.get(), index, weight, checked)), given);
}

PyObject *set_healthy(Endpoints &self, const Arguments<2> &given) {
  Checked checked;
  int32_t index = given.index(0);
  bool healthy = given.truth(1, true);
  return done(checked(og_endpoints_set_healthy(self.get(), index, healthy, checked)), given);
}

PyObject *find(Endpoints &self, const Arguments<1> &given) {
  std::string name = given.text(0);
  return index_or_none(check(og_endpoints_find(self.get(), name.c_str()), given.method()));
}

PyObject *contains(Endpoints &self, const Arguments<1> &given) {
  std::string name = given.text(0);
  return boolean(check(og_endpoints_find(self.get(), name.c_str()), given.method()) >= 0);
}

template <auto kRead>
PyObject *text(Endpoints &self, const Arguments<1> &given) {
  LongText text;
  Checked checked;
  int32_t index = given.index(0);
  checked(kRead(self.get(), index, text.out(), checked));
  return said(og_text_data(text), og_text_size(text)).release().ptr();
}

template <auto kRead>
PyObject *number_of(Endpoints &self, const Arguments<1> &given) {
  int32_t index = given.index(0);
  return integer(check(kRead(self.get(), index), given.method()));
}

PyObject *healthy(Endpoints &self, const Arguments<1> &given) {
  int32_t index = given.index(0);
  return boolean(check(og_endpoints_healthy(self.get(), index), given.method()) != 0);
}

int64_t latency_of(Endpoints &self, const Arguments<2> &given) {
  int32_t index = given.index(0);
  double share = given.number(1, 0.5);
  return check(og_endpoints_latency(self.get(), index, share), given.method());
}
PyObject *latency(Endpoints &self, const Arguments<2> &given) {
  return number(seconds(latency_of(self, given)));
}
PyObject *latency_ns(Endpoints &self, const Arguments<2> &given) {
  return integer(latency_of(self, given));
}

std::unique_ptr<Endpoints> make(const py::object &scope, const py::object &name,
                                const py::kwargs &options) {
  return make_noun_in<Endpoints>(
      scope, name, options, py::none(),
      [](const og_scope *place, const char *text, const og_config *config, const og_clock *,
         og_endpoints **out,
         og_error **error) { return og_endpoints_create_in(place, text, config, out, error); });
}

constexpr const char *kDoc =
    "The servers that balancers choose among: name, weight, zone, health, calls in flight, "
    "latency.\n\n"
    "An endpoint is known by its index, its own for as long as it is in the set. May change while\n"
    "others pick. In a scope it is one set for all processes. Safe from every thread.";

}  // namespace

void bind_endpoints(py::module_ &module) {
  auto type = closing_class<Endpoints>(module, kDoc);
  type.def(py::init(&make), py::kw_only(), py::arg("scope") = py::none(),
           py::arg("name") = py::none());
  type.def(
      "__len__", [](const Endpoints &self) { return og_endpoints_count(self.get()); },
      "How many are in the set, the unhealthy included.");
  method<contains>(type, "__contains__($self, name)",
                   "Whether an endpoint of that name is in the set.");
  method<put<og_endpoints_add>>(
      type, "add($self, name, weight=1, zone=None)",
      "Adds an endpoint, healthy: its index. weight 0 is in the set and never picked.");
  method<put<og_endpoints_put>>(
      type, "put($self, name, weight=1, zone=None)",
      "The same, and one that is in the set is given the weight; its health stays.");
  method<remove>(type, "remove($self, index)", "Takes it out; calls in flight go on.");
  method<set_weight>(type, "set_weight($self, index, weight)", "0 to 1000000.");
  method<set_healthy>(type, "set_healthy($self, index, healthy)", "Whether it may be picked.");
  method<find>(type, "find($self, name)", "The index of a name, or None.");
  method<text<og_endpoints_name>>(type, "name($self, index)", "The name under an index.");
  method<text<og_endpoints_zone>>(type, "zone($self, index)", "Its zone, \"\" without one.");
  method<number_of<og_endpoints_weight>>(type, "weight($self, index)", "Its weight.");
  method<healthy>(type, "healthy($self, index)", "Whether it may be picked.");
  method<number_of<og_endpoints_in_flight>>(type, "in_flight($self, index)",
                                            "Calls acquired and not yet returned.");
  method<number_of<og_endpoints_calls>>(type, "calls($self, index)", "Calls returned.");
  method<number_of<og_endpoints_failures>>(type, "failures($self, index)",
                                           "Those of them that failed.");
  method<latency>(
      type, "latency($self, index, share=0.5)",
      "Seconds that a share of the calls, such as 0.99, did not exceed, to within 25 %.");
  method<latency_ns>(type, "latency_ns($self, index, share=0.5)", "The same in ns.");
}

}  // namespace outgrow::python
