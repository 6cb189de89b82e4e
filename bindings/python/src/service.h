// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cache.h"
#include "codec.h"
#include "fork.h"
#include "nouns.h"

namespace outgrow::python {

class Service : public Noun<Service, og_service, og_service_destroy>, Forked {
 public:
  static constexpr const char *kName = "Service";
  Service(og_service *handle, Codec codec_given) : Noun(handle), codec(std::move(codec_given)) {}

  // A call has been settled, or the service closed: whoever waits looks again.
  void wake_all() {
    if (PyDict_GET_SIZE(waiting.ptr()) != 0) [[unlikely]]
      python::wake_all(waiting);
  }
  void close_and_tell() {
    close();
    wake_all();
  }

  Codec codec;
  py::dict
      waiting;  // {key: [what to call once a read or write of it has ended]}: outgrow/_waiting.py

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    codec.references(show);
    show(waiting);
  }

 private:
  void forget_other_threads() override { PyDict_Clear(waiting.ptr()); }
};

}  // namespace outgrow::python
