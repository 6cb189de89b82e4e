// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/base/store.h"
#include "outgrow/store.h"

// Views, of bytes that are the batch's own, a host function's caller's, or a cached store's.
struct og_batch {
  std::vector<og::StoreWrite> writes;
  std::deque<std::string> bytes;       // what was added through the C interface
  std::function<void()> on_abandoned;  // destroyed without having been completed
};
