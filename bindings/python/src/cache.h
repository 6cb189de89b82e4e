// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec.h"
#include "fork.h"
#include "method.h"
#include "nouns.h"

namespace outgrow::python {

// Calls all who wait for a load, by key.
void wake_all(py::dict &waiting);

class Cache : public Noun<Cache, og_cache, og_cache_destroy>, Forked {
 public:
  static constexpr const char *kName = "Cache";
  Cache(og_cache *handle, Codec codec_given) : Noun(handle), codec(std::move(codec_given)) {}

  // Calls those who wait for another's load of the key.
  void wake(const Bytes &key) {
    if (PyDict_GET_SIZE(waiting.ptr()) != 0) [[unlikely]]
      wake_now(key);
  }
  void wake_all() { python::wake_all(waiting); }
  void close_and_tell() {
    close();
    wake_all();
  }

  Codec codec;
  py::dict waiting;  // {key: [what to call once it is filled, or its lease has fallen]}

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    codec.references(show);
    show(waiting);
  }

 private:
  void forget_other_threads() override { PyDict_Clear(waiting.ptr()); }
  void wake_now(const Bytes &key);
};

// OG_NEVER, as inf, and 0 are for ever; None is what the options say.
template <size_t N>
int64_t to_ttl(const Arguments<N> &given, size_t i) {
  int64_t ttl = given.duration(i, OG_CACHE_DEFAULT_TTL);
  return ttl == OG_NEVER ? 0 : ttl;
}

}  // namespace outgrow::python
