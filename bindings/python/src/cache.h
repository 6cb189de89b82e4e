// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "waited.h"

namespace outgrow::python {

class Cache : public Waited<Cache, og_cache, og_cache_destroy> {
 public:
  static constexpr const char *kName = "Cache";
  using Waited::Waited;
};

}  // namespace outgrow::python
