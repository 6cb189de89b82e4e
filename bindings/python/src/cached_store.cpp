// SPDX-License-Identifier: Apache-2.0
#include "cached_store.h"

#include <vector>

#include "cache.h"
#include "class_members.h"
#include "store.h"

namespace outgrow::python::cached_store_members {
namespace {

// The size, or OG_ABSENT; the GIL is given up meanwhile, as a miss reads the store.
template <size_t N>
int64_t read(CachedStore &self, const Arguments<N> &given, size_t time, Value &value,
             int32_t *source) {
  Bytes key = given.key(0);
  auto now = given.time(time);
  StoreCall call;
  int64_t size = 0;
  {
    Unlocked store(self);
    size =
        now ? og_cached_store_get_at(store.handle, key.data(), key.size(), *now, value.out(),
                                     source, call)
            : og_cached_store_get(store.handle, key.data(), key.size(), value.out(), source, call);
  }
  return call(size, given.method());
}

// Writes a value, or with nullptr deletes; raises Full when there is no room.
void write(CachedStore &self, PyObject *key_object, PyObject *value_object,
           std::optional<int64_t> now = std::nullopt) {
  Bytes key(key_object, "key");
  StoreCall call;
  og_status status = OG_OK;
  if (value_object != nullptr) {
    Codec::Encoded value(self.codec, value_object);
    Unlocked store(self);
    status = now ? og_cached_store_set_at(store.handle, key.data(), key.size(), value.data(),
                                          value.size(), *now, call)
                 : og_cached_store_set(store.handle, key.data(), key.size(), value.data(),
                                       value.size(), call);
  } else {
    Unlocked store(self);
    status = now ? og_cached_store_delete_at(store.handle, key.data(), key.size(), *now, call)
                 : og_cached_store_delete(store.handle, key.data(), key.size(), call);
  }
  status = static_cast<og_status>(call(status, "write"));
  if (status == OG_FULL)
    raise(OG_FULL,
          "the write-behind buffer has no room, or its oldest write is older than max_age_ms");
}

}  // namespace

py::object cache(const CachedStore &self) { return self.cache; }
py::object store(const CachedStore &self) { return self.store; }

PyObject *get(CachedStore &self, const Arguments<3> &given) {
  Value value;
  if (read(self, given, 2, value, nullptr) >= 0) return self.codec.decode(value).release().ptr();
  return given[1] == nullptr ? none() : Py_NewRef(given[1]);
}

PyObject *get_detailed(CachedStore &self, const Arguments<2> &given) {
  Value value;
  int32_t source = 0;
  read(self, given, 1, value, &source);
  return py::make_tuple(self.codec.decode(value), Enum::source(source)).release().ptr();
}

PyObject *special_getitem(CachedStore &self, const Arguments<1> &given) {
  Value value;
  Bytes key = given.key(0);
  StoreCall call;
  int64_t size = 0;
  {
    Unlocked store(self);
    size = og_cached_store_get(store.handle, key.data(), key.size(), value.out(), nullptr, call);
  }
  if (call(size, "get") >= 0) return self.codec.decode(value).release().ptr();
  PyErr_SetObject(PyExc_KeyError, given[0]);
  return nullptr;
}

PyObject *get_many(CachedStore &self, const Arguments<3> &given) {
  ManyBytes keys(given[0], "keys");
  auto count = static_cast<size_t>(keys.count());
  std::vector<og_value *> values(count);
  std::vector<int64_t> results(count);
  auto now = given.time(2);
  int64_t found = 0;
  StoreCall call;
  {
    Unlocked store(self);
    found = now ? og_cached_store_get_many_at(store.handle, keys.data(), keys.sizes(), keys.count(),
                                              *now, values.data(), results.data())
                : og_cached_store_get_many(store.handle, keys.data(), keys.sizes(), keys.count(),
                                           values.data(), results.data());
  }
  call(found, given.method());
  std::vector<Value> held(count);  // given back whatever a codec raises
  for (size_t i = 0; i < count; ++i) *held[i].out() = values[i];
  for (int64_t result : results) call(result, given.method());
  auto otherwise = py::reinterpret_borrow<py::object>(given[1] == nullptr ? Py_None : given[1]);
  py::list answer(count);
  for (size_t i = 0; i < count; ++i) {
    answer[i] = results[i] >= 0 ? self.codec.decode(held[i]) : otherwise;
  }
  return answer.release().ptr();
}

PyObject *set(CachedStore &self, const Arguments<3> &given) {
  write(self, given[0], given[1], given.time(2));
  return none();
}

PyObject *delete_(CachedStore &self, const Arguments<2> &given) {
  write(self, given[0], nullptr, given.time(1));
  return none();
}

PyObject *special_setitem(CachedStore &self, const Arguments<2> &given) {
  write(self, given[0], given[1]);
  return none();
}

PyObject *special_delitem(CachedStore &self, const Arguments<1> &given) {
  write(self, given[0], nullptr);
  return none();
}

std::unique_ptr<CachedStore> make(const py::object &cache, const py::object &store,
                                  const py::object &codec, const py::object &clock,
                                  const py::kwargs &options) {
  const auto &cache_noun = given_noun<Cache>(cache, "cache");
  py::object kept = store_of(store, "store");
  const auto &store_noun = kept.cast<Store &>();
  auto made = make_noun<CachedStore>(
      options, clock,
      [&](const og_config *config, const og_clock *handle, og_cached_store **out,
          og_error **error) {
        return og_cached_store_create(config, cache_noun.get(), store_noun.get(), handle, out,
                                      error);
      },
      Codec(codec));
  made->cache = cache;
  made->store = kept;
  return made;
}

}  // namespace outgrow::python::cached_store_members
