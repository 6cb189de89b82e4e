// SPDX-License-Identifier: Apache-2.0
#include "service.h"

#include "answer.h"
#include "breaker.h"
#include "cache.h"
#include "module.h"
#include "noun_class.h"

namespace outgrow::python {
namespace {

PyObject *begin(Service &self, const Arguments<4> &given) {
  Bytes client = given.key(0), key = given.key(1);
  int32_t operation = given.truth(2, false) ? OG_SERVICE_WRITE : OG_SERVICE_READ;
  auto now = given.time(3);
  og_service *service = self.get();
  Value value;
  int64_t wait = 0;
  int64_t result = now ? og_service_begin_at(service, operation, client.data(), client.size(),
                                             key.data(), key.size(), *now, value.out(), &wait)
                       : og_service_begin(service, operation, client.data(), client.size(),
                                          key.data(), key.size(), value.out(), &wait);
  check(result, given.method());
  return Answer::lookup(positive_or_status(result), self.codec.decode(value), owned(integer(wait)))
      .release()
      .ptr();
}

og_status end_with(Service &self, const Arguments<7> &given, const void *value, int64_t size) {
  int64_t ticket = given.integer(0), ttl = to_ttl(given, 5), latency = given.duration(4, -1);
  int32_t success = given.truth(1, true);
  auto now = given.time(6);
  return now ? og_service_end_at(self.get(), ticket, success, latency, value, size, ttl, *now)
             : og_service_end(self.get(), ticket, success, latency, value, size, ttl);
}

og_status end_keeping(Service &self, const Arguments<7> &given) {
  if (given[2] != nullptr && given[2] != Py_None) {
    Codec::Encoded value(self.codec, given[2]);
    return end_with(self, given, value.data(), value.size());
  }
  int64_t keep = given.truth(3, false) ? OG_SERVICE_KEEP_ABSENCE : OG_SERVICE_KEEP_NOTHING;
  return end_with(self, given, nullptr, keep);
}

// read() and write() know the key, and wake those who wait for it; who settles in parts wakes all.
template <bool kWakeAll>
PyObject *end(Service &self, const Arguments<7> &given) {
  og_status status = end_keeping(self, given);
  if (kWakeAll) self.wake_all();
  return stood(status, given);
}

// What a hit of the value would be; of read().
PyObject *end_with_value(Service &self, const Arguments<3> &given) {
  int64_t ticket = given.integer(0), ttl = to_ttl(given, 2);
  Codec::Encoded value(self.codec, given[1]);
  check(og_service_end(self.get(), ticket, 1, -1, value.data(), value.size(), ttl), "end");
  return self.codec.decode(value.data(), value.size()).release().ptr();
}

template <bool kWakeAll>
PyObject *cancel(Service &self, const Arguments<2> &given) {
  int64_t ticket = given.integer(0);
  auto now = given.time(1);
  og_status status =
      now ? og_service_cancel_at(self.get(), ticket, *now) : og_service_cancel(self.get(), ticket);
  if (kWakeAll) self.wake_all();
  return stood(status, given);
}

template <auto kWhere>
PyObject *where(Service &self, const Arguments<1> &given) {
  int64_t ticket = given.integer(0);
  int64_t place = check(kWhere(self.get(), ticket), given.method());
  return place >= 0 ? integer(place) : Enum::status(place).release().ptr();
}

PyObject *stat(Service &self, const Arguments<1> &given) {
  int32_t which = given.index(0);
  return integer(check(og_service_stat(self.get(), which), given.method()));
}

// A noun over the layer's own handle, or None without the layer.
template <class N, class Get, class... More>
py::object layer(const Service &self, Get get, More &&...more) {
  decltype(std::declval<N>().get()) handle = nullptr;
  if (check(get(&handle, nullptr), "service") == OG_NONE) return py::none();
  auto made = fresh<N>(handle, std::forward<More>(more)...);
  made->clock = self.clock;
  return py::cast(std::move(made));
}

template <class N, auto kGet>
py::object layer_of(const Service &self) {
  return layer<N>(self, [&](auto **out, og_error **error) { return kGet(self.get(), out, error); });
}

py::object cache_of(const Service &self) {
  return layer<Cache>(
      self, [&](auto **out, og_error **error) { return og_service_cache(self.get(), out, error); },
      self.codec);
}

PyObject *breaker(Service &self, const Arguments<1> &given) {
  int32_t server = given.index(0);
  return layer<Breaker>(self,
                        [&](auto **out, og_error **error) {
                          return og_service_breaker(self.get(), server, out, error);
                        })
      .release()
      .ptr();
}

std::unique_ptr<Service> make(const py::object &codec, const py::object &clock,
                              const py::kwargs &options) {
  return make_noun<Service>(options, clock, og_service_create, Codec(codec));
}

constexpr const char *kDoc =
    "The whole path of a request in one call: limiter by client, balancer, the server's breaker, "
    "cache\n"
    "by key, read replicas.\n\n"
    "Service(servers=\"a=5, b\", limiter={\"rate\": \"100/s\"}, cache={\"ttl_ms\": \"30s\"}): a "
    "layer is in "
    "the\npath when one of its options is given. read() and write() take a request all the way; of "
    "their "
    "parts,\nbegin() says that the answer is at hand, or why there will be none, or gives a ticket "
    "for a "
    "call to\nmake, and end() says how it went. Safe from every thread.";

}  // namespace

void bind_service(py::module_ &module) {
  auto type = closing_class<Service>(module, kDoc);
  type.def(py::init(&make), py::kw_only(), py::arg("codec") = "bytes",
           py::arg("clock") = py::none());
  type.def_property_readonly(
      "codec", [](const Service &self) { return self.codec.given(); }, "The codec it was given.");
  type.def_readonly("_waiting", &Service::waiting);
  type.def_property_readonly("limiter", &layer_of<Limiter, og_service_limiter>,
                             "The RateLimiter in the path, or None.");
  type.def_property_readonly("endpoints", &layer_of<Endpoints, og_service_endpoints>,
                             "The Endpoints in the path, or None.");
  type.def_property_readonly("balancer", &layer_of<Balancer, og_service_balancer>,
                             "The Balancer in the path, or None.");
  type.def_property_readonly("cache", &cache_of, "The Cache in the path, or None.");
  type.def_property_readonly("replicas", &layer_of<Replicas, og_service_replicas>,
                             "The ReplicaRouter in the path, or None.");
  method<breaker>(
      type, "breaker($self, server=0)",
      "The CircuitBreaker of a server, or the one there is without servers; None without.");
  method<begin>(
      type, "begin($self, client=b'', key=b'', write=False, *, now_ns=None)",
      "A Lookup: a ticket for the call to make on server() and node(); or the value; or the "
      "Status that says why there is none, and for how long.");
  method<where<og_service_server>>(
      type, "server($self, ticket)",
      "The endpoint's index; Status.NONE without the layer, LAPSED once "
      "the ticket is settled.");
  method<where<og_service_node>>(type, "node($self, ticket)", "The node, 0 the primary; likewise.");
  method<end<true>>(
      type,
      "end($self, ticket, success=True, value=None, absent=False, latency=None, ttl=None, *, "
      "now_ns=None)",
      "The call has ended. value is what to cache; absent=True caches that the key does not "
      "exist. False, and nothing recorded, when the ticket was settled before.");
  method<end<false>>(type,
                     "_end($self, ticket, success=True, value=None, absent=False, latency=None, "
                     "ttl=None, *, now_ns=None)",
                     "end(), of read() and write().");
  method<end_with_value>(type, "_end_with($self, ticket, value, ttl=None)",
                         "end() of a success, and what a hit of the value would be.");
  method<cancel<false>>(type, "_cancel($self, ticket, *, now_ns=None)",
                        "cancel(), of read() and write().");
  method<cancel<true>>(type, "cancel($self, ticket, *, now_ns=None)",
                       "The call was not made: all it held is given back.");
  method<stat>(type, "stat($self, which)", "One number of ServiceStat.");
}

}  // namespace outgrow::python
