// SPDX-License-Identifier: Apache-2.0
#include "breaker.h"
#include "cache.h"
#include "cached_store.h"
#include "concurrency.h"
#include "module.h"
#include "noun_class.h"
#include "scope.h"
#include "service.h"
#include "store.h"
#include "value.h"

namespace outgrow::python {
namespace {

template <class N, auto kAdd>
bool add_as(const Metrics &metrics, const char *name, const py::handle &noun) {
  if (!py::isinstance<N>(noun)) return false;
  Checked checked;
  checked(kAdd(metrics.get(), name, noun.cast<N &>().get(), checked));
  return true;
}

PyObject *add(Metrics &self, const Arguments<2> &given) {
  std::string text = given.text(0);
  const char *name = text.c_str();
  py::handle noun = given[1];
  bool added = add_as<Autoscaler, og_metrics_add_autoscaler>(self, name, noun) ||
               add_as<Balancer, og_metrics_add_balancer>(self, name, noun) ||
               add_as<Breaker, og_metrics_add_breaker>(self, name, noun) ||
               add_as<Cache, og_metrics_add_cache>(self, name, noun) ||
               add_as<CachedStore, og_metrics_add_cached_store>(self, name, noun) ||
               add_as<Concurrency, og_metrics_add_concurrency>(self, name, noun) ||
               add_as<Endpoints, og_metrics_add_endpoints>(self, name, noun) ||
               add_as<Gather, og_metrics_add_gather>(self, name, noun) ||
               add_as<Limiter, og_metrics_add_limiter>(self, name, noun) ||
               add_as<Replicas, og_metrics_add_replicas>(self, name, noun) ||
               add_as<Scope, og_metrics_add_scope>(self, name, noun) ||
               add_as<Service, og_metrics_add_service>(self, name, noun) ||
               add_as<Shards, og_metrics_add_shards>(self, name, noun) ||
               add_as<Store, og_metrics_add_store>(self, name, noun);
  if (!added) {
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

template <auto kDefine>
PyObject *define(Metrics &self, const Arguments<3> &given) {
  Checked checked;
  std::string name = given.text(0), help = given.text(1), instance = given.text(2);
  int32_t id = kDefine(self.get(), name.c_str(), help.c_str(), instance.c_str(), checked);
  checked(id);
  if (id == OG_FULL) raise(OG_FULL, "no room for more series than the option 'series' says");
  return integer(check(id, given.method()));
}

PyObject *increment(Metrics &self, const Arguments<2> &given) {
  int32_t id = given.index(0);
  int64_t by = given.integer(1, 1);
  return done(og_metrics_increment(self.get(), id, by), given);
}

PyObject *set(Metrics &self, const Arguments<2> &given) {
  int32_t id = given.index(0);
  double value = given.number(1, 0);
  return done(og_metrics_set(self.get(), id, value), given);
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

std::unique_ptr<Metrics> make(const py::object &scope, const py::object &name,
                              const py::kwargs &options) {
  return make_noun_in<Metrics>(scope, name, options, py::none(),
                               [](const og_scope *place, const char *text, const og_config *config,
                                  const og_clock *, og_metrics **out, og_error **error) {
                                 return og_metrics_create_in(place, text, config, out, error);
                               });
}

constexpr const char *kDoc =
    "What the nouns count, as Prometheus text.\n\n"
    "metrics.add(\"api\", limiter); serve metrics.render() as metrics.CONTENT_TYPE. Counters, "
    "gauges and\n"
    "latency histograms of your own can stand beside them. Safe from every thread.";

}  // namespace

void bind_metrics(py::module_ &module) {
  auto type = closing_class<Metrics>(module, kDoc);
  type.def(py::init(&make), py::kw_only(), py::arg("scope") = py::none(),
           py::arg("name") = py::none());
  type.attr("CONTENT_TYPE") = "text/plain; version=0.0.4; charset=utf-8";
  method<add>(type, "add($self, name, noun)",
              "Shows a noun's numbers, labelled with the name. Kept alive until removed.");
  method<remove>(type, "remove($self, name)", "Removes what has that name: how many.");
  method<define<og_metrics_counter>>(type, "counter($self, name, help='', instance='')",
                                     "The id of a counter; its name ends in _total.");
  method<define<og_metrics_gauge>>(type, "gauge($self, name, help='', instance='')",
                                   "The id of a gauge.");
  method<define<og_metrics_histogram>>(type, "histogram($self, name, help='', instance='')",
                                       "The id of a histogram of latencies; its name best ends in "
                                       "_seconds.");
  method<increment>(type, "increment($self, counter, by=1)", "Adds to a counter.");
  method<set>(type, "set($self, gauge, value)", "Sets a gauge.");
  method<observe>(type, "observe($self, histogram, duration)",
                  "A latency, in seconds or a timedelta.");
  method<observe_ns>(type, "observe_ns($self, histogram, ns)", "A latency in ns.");
  method<render>(type, "render($self)", "The text exposition format 0.0.4.");
}

}  // namespace outgrow::python
