// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/balance/endpoints.h"

// Shared by the shims of endpoints and of what is made from them.
struct og_endpoints {
  std::shared_ptr<og::EndpointSet> set;
};
