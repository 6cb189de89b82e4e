// SPDX-License-Identifier: Apache-2.0
#include "cached_store.h"

#include <vector>

#include "answer.h"
#include "cache.h"
#include "module.h"
#include "noun_class.h"
#include "store.h"

namespace outgrow::python {
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

PyObject *get_item(CachedStore &self, const Arguments<1> &given) {
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

PyObject *set(CachedStore &self, const Arguments<3> &given) {
  write(self, given[0], given[1], given.time(2));
  return none();
}

PyObject *remove(CachedStore &self, const Arguments<2> &given) {
  write(self, given[0], nullptr, given.time(1));
  return none();
}

PyObject *set_item(CachedStore &self, const Arguments<2> &given) {
  write(self, given[0], given[1]);
  return none();
}

PyObject *remove_item(CachedStore &self, const Arguments<1> &given) {
  write(self, given[0], nullptr);
  return none();
}

PyObject *stat(CachedStore &self, const Arguments<1> &given) {
  int32_t which = given.index(0);
  return integer(check(og_cached_store_stat(self.get(), which), given.method()));
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

constexpr const char *kDoc =
    "A cache and a store as one: cache-aside, write-through or write-behind, by mode=.\n\n"
    "CachedStore(cache, store, mode=\"behind\"); store is a Store, or any object with get, set, "
    "delete\n"
    "and batch_write. The cache is this one's alone. codec= is for values here, whatever the "
    "cache's.\n"
    "Calls that may read or write the store give up the GIL. Write-behind: what is buffered when "
    "the\n"
    "process dies is lost; a thread of the library's writes it out, or pump() where the store is "
    "an\n"
    "object of yours or the clock a manual one. Close it: that writes what is left, for up to\n"
    "drain_ms, and is a StoreError when it cannot; one that is forgotten does so too, with a\n"
    "ResourceWarning. Safe from every thread.";

}  // namespace

void bind_cached_store(py::module_ &module) {
  auto type = closing_class<CachedStore>(module, kDoc);
  type.def(py::init(&make), py::arg("cache"), py::arg("store"), py::kw_only(),
           py::arg("codec") = "bytes", py::arg("clock") = py::none());
  type.def_readonly("cache", &CachedStore::cache, "The Cache it was given.");
  type.def_readonly("store", &CachedStore::store, "The Store it was given, or made of the object.");
  method<get>(type, "get($self, key, default=None, *, now_ns=None)",
              "The value, or default when the key does not exist.");
  method<get_detailed>(type, "get_detailed($self, key, *, now_ns=None)",
                       "(value or None, the Source where it came from).");
  method<get_many>(type, "get_many($self, keys, default=None, *, now_ns=None)",
                   "get for each key; those that miss are loaded one after the other.");
  method<set>(type, "set($self, key, value, *, now_ns=None)",
              "Writes. Full when the buffer has no room; StoreError when the store refuses.");
  method<remove>(type, "delete($self, key, *, now_ns=None)", "Deletes; likewise.");
  method<stat>(type, "stat($self, which)", "One number of CachedStoreStat.");
  method<get_item>(type, "__getitem__($self, key)", "The value, or KeyError.");
  method<set_item>(type, "__setitem__($self, key, value)", "set.");
  method<remove_item>(type, "__delitem__($self, key)", "delete; what does not exist is no error.");
  bind_write_behind(module, type);
}

}  // namespace outgrow::python
