// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec.h"
#include "fork.h"
#include "method.h"
#include "nouns.h"

namespace outgrow::python {

// What to call once a key's load has ended, by key: outgrow/_waiting.py.
class Waiting : Forked {
 public:
  void wake(const Bytes &key) {
    if (PyDict_GET_SIZE(by_key.ptr()) != 0) [[unlikely]]
      wake_now(key);
  }
  void wake_all() {
    if (PyDict_GET_SIZE(by_key.ptr()) != 0) [[unlikely]]
      wake_all_now();
  }

  py::dict by_key;

 private:
  void forget_other_threads() override { PyDict_Clear(by_key.ptr()); }
  void wake_now(const Bytes &key);
  void wake_all_now();
};

// A noun whose keys are loaded, by one caller while others wait.
template <class Self, class Handle, void (*kDestroy)(Handle **)>
class Waited : public Noun<Self, Handle, kDestroy> {
 public:
  Waited(Handle *handle, Codec codec_given)
      : Noun<Self, Handle, kDestroy>(handle), codec(std::move(codec_given)) {}

  // Calls those who wait for another's load of the key, or of any.
  void wake(const Bytes &key) { waiting.wake(key); }
  void wake_all() { waiting.wake_all(); }
  void close_and_tell() {
    this->close();
    wake_all();
  }

  Codec codec;
  Waiting waiting;

  template <class Show>
  void references(Show show) const {
    Noun<Self, Handle, kDestroy>::references(show);
    codec.references(show);
    show(waiting.by_key);
  }
};

// OG_NEVER, as inf, and 0 are for ever; None is what the options say.
template <size_t N>
int64_t to_ttl(const Arguments<N> &given, size_t i) {
  int64_t ttl = given.duration(i, OG_CACHE_DEFAULT_TTL);
  return ttl == OG_NEVER ? 0 : ttl;
}

}  // namespace outgrow::python
