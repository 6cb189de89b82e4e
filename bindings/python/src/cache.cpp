// SPDX-License-Identifier: Apache-2.0
#include "cache.h"

#include <vector>

#include "class_members.h"

namespace outgrow::python {

void Cache::wake_now(const Bytes &key) {
  py::bytes name = to_bytes(key.data(), key.size());
  if (!waiting.contains(name)) return;
  py::list sleepers = waiting.attr("pop")(name);
  for (const py::handle &sleeper : sleepers) sleeper();
}

void wake_all(py::dict &waiting) {
  py::list all(waiting.attr("values")());
  waiting.clear();
  for (const py::handle &sleepers : all) {
    for (const py::handle &sleeper : sleepers) sleeper();
  }
}

namespace cache_members {
namespace {

PyObject *given_or_none(PyObject *object) { return object == nullptr ? none() : Py_NewRef(object); }

// What get answers: the value, or what stands for a miss or an absence.
template <size_t N>
PyObject *found(const Cache &self, int64_t result, const Value &value, const Arguments<N> &given) {
  if (result >= 0) return self.codec.decode(value).release().ptr();
  return given_or_none(check(result, given.method()) == OG_ABSENT ? given[2] : given[1]);
}

template <size_t N>
int64_t find(Cache &self, const Bytes &key, const Arguments<N> &given, size_t time, Value &value) {
  auto now = given.time(time);
  return check(now ? og_cache_pin_at(self.get(), key.data(), key.size(), *now, value.out())
                   : og_cache_pin(self.get(), key.data(), key.size(), value.out()),
               given.method());
}

}  // namespace

py::object codec(const Cache &self) { return self.codec.given(); }
py::object _waiting(const Cache &self) { return self.waiting; }

PyObject *special_len(Cache &self, const Arguments<0> &) {
  return integer(og_cache_stat(self.get(), OG_CACHE_ENTRIES));
}

PyObject *get(Cache &self, const Arguments<4> &given) {
  Bytes key = given.key(0);
  Value value;
  return found(self, find(self, key, given, 3, value), value, given);
}

PyObject *pin(Cache &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  Value value;
  return find(self, key, given, 1, value) >= 0 ? view(value) : none();
}

PyObject *special_getitem(Cache &self, const Arguments<1> &given) {
  Bytes key = given.key(0);
  Value value;
  int64_t size = check(og_cache_pin(self.get(), key.data(), key.size(), value.out()), "get");
  if (size >= 0) return self.codec.decode(value).release().ptr();
  PyErr_SetObject(PyExc_KeyError, given[0]);
  return nullptr;
}

PyObject *special_contains(Cache &self, const Arguments<1> &given) {
  Bytes key = given.key(0);
  return boolean(check(og_cache_get(self.get(), key.data(), key.size(), nullptr, 0), "in") >= 0);
}

PyObject *get_many(Cache &self, const Arguments<4> &given) {
  ManyBytes keys(given[0], "keys");
  auto count = static_cast<size_t>(keys.count());
  auto now = given.time(3);
  std::vector<og_value *> values(count);
  std::vector<int64_t> results(count);
  check(now ? og_cache_pin_many_at(self.get(), keys.data(), keys.sizes(), keys.count(), *now,
                                   values.data(), results.data())
            : og_cache_pin_many(self.get(), keys.data(), keys.sizes(), keys.count(), values.data(),
                                results.data()),
        given.method());
  std::vector<Value> held(count);  // given back whatever a codec raises
  for (size_t i = 0; i < count; ++i) *held[i].out() = values[i];
  py::list answer(count);
  for (size_t i = 0; i < count; ++i) {
    answer[i] = owned(found(self, results[i], held[i], given));
  }
  return answer.release().ptr();
}

PyObject *get_into(Cache &self, const Arguments<3> &given) {
  Bytes key = given.key(0);
  auto now = given.time(2);
  WritableBuffer out(given[1]);
  int64_t size =
      now ? og_cache_get_at(self.get(), key.data(), key.size(), *now, out.data(), out.size())
          : og_cache_get(self.get(), key.data(), key.size(), out.data(), out.size());
  return check(size, given.method()) >= 0 ? integer(size) : Enum::status(size).release().ptr();
}

PyObject *get_or_lease(Cache &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  auto now = given.time(1);
  Value value;
  int64_t wait = 0;
  int64_t result =
      now ? og_cache_get_or_lease_at(self.get(), key.data(), key.size(), *now, value.out(), &wait)
          : og_cache_get_or_lease(self.get(), key.data(), key.size(), value.out(), &wait);
  check(result, given.method());
  return answers::Lookup(positive_or_status(result), self.codec.decode(value), owned(integer(wait)))
      .release()
      .ptr();
}

namespace {
int64_t fill_with(Cache &self, const Arguments<5> &given, const Bytes &key,
                  const Codec::Encoded &value) {
  int64_t lease = given.integer(1), ttl = to_ttl(given, 3);
  auto now = given.time(4);
  int64_t result = now ? og_cache_fill_at(self.get(), key.data(), key.size(), lease, value.data(),
                                          value.size(), ttl, *now)
                       : og_cache_fill(self.get(), key.data(), key.size(), lease, value.data(),
                                       value.size(), ttl);
  check(result, given.method());
  self.wake(key);
  return result;
}
}  // namespace

PyObject *fill(Cache &self, const Arguments<5> &given) {
  Bytes key = given.key(0);
  Codec::Encoded value(self.codec, given[2]);
  return Enum::status(fill_with(self, given, key, value)).release().ptr();
}

// What a hit of it would be: a codec need not give back what it was given.
PyObject *_fill(Cache &self, const Arguments<5> &given) {
  Bytes key = given.key(0);
  Codec::Encoded value(self.codec, given[2]);
  fill_with(self, given, key, value);
  return self.codec.decode(value.data(), value.size()).release().ptr();
}

PyObject *fill_absent(Cache &self, const Arguments<3> &given) {
  Bytes key = given.key(0);
  int64_t lease = given.integer(1), ttl = to_ttl(given, 2);
  int64_t result =
      check(og_cache_fill_absent(self.get(), key.data(), key.size(), lease, ttl), given.method());
  self.wake(key);
  return Enum::status(result).release().ptr();
}

PyObject *give_up(Cache &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  int64_t lease = given.integer(1);
  int64_t result = og_cache_give_up(self.get(), key.data(), key.size(), lease);
  self.wake(key);
  return stood(result, given);
}

PyObject *set(Cache &self, const Arguments<5> &given) {
  Bytes key = given.key(0);
  int64_t ttl = to_ttl(given, 2), weight = given.integer(3);
  auto now = given.time(4);
  if (given.given(3) && now) raise_type("set() takes either weight or now_ns");
  Codec::Encoded value(self.codec, given[1]);
  og_cache *cache = self.get();
  int64_t result;
  if (given.given(3)) {
    result = og_cache_set_weighted(cache, key.data(), key.size(), value.data(), value.size(), ttl,
                                   weight);
  } else if (now) {
    result = og_cache_set_at(cache, key.data(), key.size(), value.data(), value.size(), ttl, *now);
  } else {
    result = og_cache_set(cache, key.data(), key.size(), value.data(), value.size(), ttl);
  }
  check(result, given.method());
  self.wake(key);
  return boolean(result == OG_OK);
}

PyObject *special_setitem(Cache &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  Codec::Encoded value(self.codec, given[1]);
  check(og_cache_set(self.get(), key.data(), key.size(), value.data(), value.size(),
                     OG_CACHE_DEFAULT_TTL),
        "set");
  self.wake(key);
  return none();
}

PyObject *set_absent(Cache &self, const Arguments<2> &given) {
  Bytes key = given.key(0);
  int64_t ttl = to_ttl(given, 1);
  int64_t result =
      check(og_cache_set_absent(self.get(), key.data(), key.size(), ttl), given.method());
  self.wake(key);
  return boolean(result == OG_OK);
}

PyObject *delete_(Cache &self, const Arguments<1> &given) {
  Bytes key = given.key(0);
  int64_t result = check(og_cache_delete(self.get(), key.data(), key.size()), given.method());
  self.wake(key);
  return boolean(result == OG_OK);
}

PyObject *special_delitem(Cache &self, const Arguments<1> &given) {
  Bytes key = given.key(0);
  int64_t result = check(og_cache_delete(self.get(), key.data(), key.size()), "delete");
  self.wake(key);
  if (result == OG_OK) return none();
  PyErr_SetObject(PyExc_KeyError, given[0]);
  return nullptr;
}

PyObject *clear(Cache &self, const Arguments<0> &given) {
  check(og_cache_clear(self.get()), given.method());
  self.wake_all();
  return none();
}

}  // namespace cache_members
}  // namespace outgrow::python
