// SPDX-License-Identifier: Apache-2.0
// The classes, for those that take or return another's; each is bound in its own file.
#pragma once

#include <memory>

#include "fork.h"
#include "noun.h"
#include "options.h"

namespace outgrow::python {

class Clock : public Noun<Clock, og_clock, og_clock_destroy>, Forked {
 public:
  static constexpr const char *kName = "Clock";
  using Noun::Noun;

  bool manual = false;
  py::list watchers;  // called after a manual clock has moved: sleepers

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    show(watchers);
  }

 private:
  void forget_other_threads() override {
    PyList_SetSlice(watchers.ptr(), 0, PyList_GET_SIZE(watchers.ptr()), nullptr);
  }
};

#define OUTGROW_NOUN(Class, Name, noun)                              \
  class Class : public Noun<Class, og_##noun, og_##noun##_destroy> { \
   public:                                                           \
    static constexpr const char *kName = Name;                       \
    using Noun::Noun;                                                \
  }

OUTGROW_NOUN(Limiter, "RateLimiter", limiter);
OUTGROW_NOUN(Endpoints, "Endpoints", endpoints);
OUTGROW_NOUN(Balancer, "Balancer", balancer);
OUTGROW_NOUN(Replicas, "ReplicaRouter", replicas);
OUTGROW_NOUN(Shards, "ShardMap", shards);
OUTGROW_NOUN(Gather, "Gather", gather);
OUTGROW_NOUN(Autoscaler, "AutoScaler", autoscaler);
#undef OUTGROW_NOUN

class Metrics : public Noun<Metrics, og_metrics, og_metrics_destroy> {
 public:
  static constexpr const char *kName = "Metrics";
  using Noun::Noun;
  static constexpr bool kWaits = true;  // as a cached store's, which goes with its last holder
  void close() {
    Noun::close();
    shown.clear();
  }

  // {name: [what is shown by it]}: the library keeps the nouns' own, here the collector can see
  // that.
  py::dict shown;

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    show(shown);
  }
};

// The handle of the clock given, or NULL for None.
inline const og_clock *handle_of(const py::object &clock) {
  if (clock.is_none()) return nullptr;
  if (!py::isinstance<Clock>(clock)) {
    raise_type(std::string("clock must be a Clock, not ") + Py_TYPE(clock.ptr())->tp_name);
  }
  return clock.cast<Clock &>().get();
}

// The noun given for the argument of that name.
template <class N>
N &given_noun(py::handle object, const char *name) {
  if (!py::isinstance<N>(object)) {
    raise_type(std::string(name) + " must be a " + N::kName + ", not " +
               Py_TYPE(object.ptr())->tp_name);
  }
  return object.cast<N &>();
}

// Makes a noun by its C function, with the options and the clock that it keeps.
template <class N, class Create, class... More>
std::unique_ptr<N> make_noun(const py::dict &options, const py::object &clock, Create create,
                             More &&...more) {
  Config config(options);
  decltype(std::declval<N>().get()) handle = nullptr;
  Checked checked;
  checked(create(config, handle_of(clock), &handle, checked));
  auto noun = fresh<N>(handle, std::forward<More>(more)...);
  noun->clock = clock;
  noun->options = options;
  return noun;
}

}  // namespace outgrow::python
