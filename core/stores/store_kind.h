// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <span>

#include "core/base/options.h"
#include "core/base/store.h"

namespace og {

// A kind of store, all of which is in files of its name: a store that needs a library of others is
// compiled with it alone, and without it opens as not supported.
//
// Options are named as users write them, whatever the kind: the kind already says whose they are,
// and a name under a prefix ("sqlite.path") would be a second way to say the same. Where two kinds
// read an option of one name, it means the same to both, and both have its row.
struct StoreKind {
  const char* word;                     // in the option `kind`
  const char* where;                    // the data lies: of that option's doc
  std::span<const OptionSpec> options;  // that it reads
  // From these alone, each of which is checked.
  Result<std::unique_ptr<Store>> (*open)(const Config& options, ClockPtr clock);
};

// A row each. The first is the default.
extern const StoreKind kMemoryStore, kSqliteStore;
inline constexpr std::array kStoreKinds = {&kMemoryStore, &kSqliteStore};

}  // namespace og
