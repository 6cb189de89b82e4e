// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nouns.h"

namespace outgrow::python {

class Query : public Noun<Query, og_query, og_query_destroy> {
 public:
  static constexpr const char *kName = "Query";
  using Noun::Noun;
};

void bind_query(py::module_ &module);

}  // namespace outgrow::python
