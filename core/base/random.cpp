// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

#include <random>

namespace og {

uint64_t entropy_seed() {
  std::random_device device;
  return (static_cast<uint64_t>(device()) << 32) | device();
}

}  // namespace og
