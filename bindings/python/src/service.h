// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec.h"
#include "nouns.h"

namespace outgrow::python {

class Service : public Noun<Service, og_service, og_service_destroy> {
 public:
  static constexpr const char *kName = "Service";
  Service(og_service *handle, Codec codec_given) : Noun(handle), codec(std::move(codec_given)) {}

  Codec codec;

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    codec.references(show);
  }
};

}  // namespace outgrow::python
