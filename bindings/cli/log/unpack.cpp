// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/unpack.h"

namespace og::cli {

const Packing* packing_of(std::string_view first) {
  for (const Packing* packing : {&kGzip, &kZstd}) {
    if (packing->is_magic(first)) return packing;
  }
  return nullptr;
}

}  // namespace og::cli
