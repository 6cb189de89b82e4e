// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/base/store.h"
#include "core/cache/write_buffer.h"
#include "outgrow/store.h"

namespace og {
class CachedStore;
}

// Views, of bytes that are the batch's own, a store function's caller's, or a cached store's.
struct og_batch {
  std::vector<og::StoreWrite> writes;
  std::deque<std::string> bytes;               // what was added through the C interface
  std::shared_ptr<og::CachedStore> from = {};  // where it was taken, and is to be completed
  og::WriteBuffer::Batch taken = {};
};
