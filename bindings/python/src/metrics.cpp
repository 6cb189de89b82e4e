// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include "class_members.h"

namespace outgrow::python::metrics_members {
namespace {

template <auto kDefine>
PyObject *define(Metrics &self, const Arguments<3> &given) {
  Checked checked;
  std::string name = given.text(0), help = given.text(1), instance = given.text(2);
  int32_t id = kDefine(self.get(), name.c_str(), help.c_str(), instance.c_str(), checked);
  checked(id);
  if (id == OG_FULL) raise(OG_FULL, "no room for more series than the option 'series' says");
  return integer(check(id, given.method()));
}

}  // namespace

PyObject *add(Metrics &self, const Arguments<2> &given) {
  std::string text = given.text(0);
  py::handle noun = given[1];
  if (!show_by_class(self, text.c_str(), noun)) {
    raise_type(std::string("noun must be one that counts, not ") + Py_TYPE(given[1])->tp_name);
  }
  self.shown.attr("setdefault")(text, py::list()).attr("append")(noun);
  return none();
}

PyObject *remove(Metrics &self, const Arguments<1> &given) {
  std::string name = given.text(0);
  int64_t removed = check(og_metrics_remove(self.get(), name.c_str()), given.method());
  self.shown.attr("pop")(name, py::none());
  return integer(removed);
}

PyObject *counter(Metrics &self, const Arguments<3> &given) {
  return define<og_metrics_counter>(self, given);
}
PyObject *gauge(Metrics &self, const Arguments<3> &given) {
  return define<og_metrics_gauge>(self, given);
}
PyObject *histogram(Metrics &self, const Arguments<3> &given) {
  return define<og_metrics_histogram>(self, given);
}

PyObject *observe(Metrics &self, const Arguments<2> &given) {
  int32_t id = given.index(0);
  int64_t duration = given.duration(1, 0);
  return done(og_metrics_observe(self.get(), id, duration), given);
}

PyObject *observe_ns(Metrics &self, const Arguments<2> &given) {
  int32_t id = given.index(0);
  int64_t ns = given.integer(1);
  return done(og_metrics_observe(self.get(), id, ns), given);
}

PyObject *render(Metrics &self, const Arguments<0> &) {
  LongText text;
  Checked checked;
  og_status status = OG_OK;
  {
    Unlocked metrics(self);
    status = og_metrics_render(metrics.handle, text.out(), checked);
  }
  checked(status);
  return PyUnicode_DecodeUTF8(og_text_data(text), static_cast<Py_ssize_t>(og_text_size(text)),
                              "replace");
}

}  // namespace outgrow::python::metrics_members
