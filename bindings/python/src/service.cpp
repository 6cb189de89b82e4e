// SPDX-License-Identifier: Apache-2.0
#include "service.h"

#include "class_members.h"

namespace outgrow::python::service_members {
namespace {

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
PyObject *end_call(Service &self, const Arguments<7> &given) {
  og_status status = end_keeping(self, given);
  if (kWakeAll) self.wake_all();
  return stood(status, given);
}

template <bool kWakeAll>
PyObject *cancel_call(Service &self, const Arguments<2> &given) {
  int64_t ticket = given.integer(0);
  auto now = given.time(1);
  og_status status =
      now ? og_service_cancel_at(self.get(), ticket, *now) : og_service_cancel(self.get(), ticket);
  if (kWakeAll) self.wake_all();
  return stood(status, given);
}

}  // namespace

py::object codec(const Service &self) { return self.codec.given(); }
py::object _waiting(const Service &self) { return self.waiting; }

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
  return answers::Lookup(positive_or_status(result), self.codec.decode(value), owned(integer(wait)))
      .release()
      .ptr();
}

PyObject *end(Service &self, const Arguments<7> &given) { return end_call<true>(self, given); }
PyObject *_end(Service &self, const Arguments<7> &given) { return end_call<false>(self, given); }

// What a hit of the value would be; of read().
PyObject *_end_with(Service &self, const Arguments<3> &given) {
  int64_t ticket = given.integer(0), ttl = to_ttl(given, 2);
  Codec::Encoded value(self.codec, given[1]);
  check(og_service_end(self.get(), ticket, 1, -1, value.data(), value.size(), ttl), "end");
  return self.codec.decode(value.data(), value.size()).release().ptr();
}

PyObject *cancel(Service &self, const Arguments<2> &given) {
  return cancel_call<true>(self, given);
}
PyObject *_cancel(Service &self, const Arguments<2> &given) {
  return cancel_call<false>(self, given);
}

}  // namespace outgrow::python::service_members
