// SPDX-License-Identifier: Apache-2.0
#include "cache.h"

#include "class_members.h"

namespace outgrow::python::cache_members {

// With a weight it is another function of the library's, which is given no time.
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

}  // namespace outgrow::python::cache_members
