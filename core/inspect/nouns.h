// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/base/options.h"
#include "core/inspect/opened_object.h"

namespace og {

// What the library must know of a noun besides its functions: its options, and how an object of a
// segment is opened as one.
struct NounRow {
  const OptionTable* options;
  ObjectKind in_scope = {};  // kind 0: it lies in no scope
  ObjectKind in_fleet = {};  // as it lies in the scope of a host for a fleet; kind 0: it does not
};

// All nouns, in the order in which they are shown: the one list of them in C++.
std::span<const NounRow> nouns();

}  // namespace og
