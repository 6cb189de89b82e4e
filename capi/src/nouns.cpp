// SPDX-License-Identifier: Apache-2.0
#include "capi/src/nouns.h"

#include <vector>

#include "core/base/made_once.h"
#include "core/inspect/nouns.h"

namespace og::capi {

std::span<const OptionTable* const> option_tables() {
  static constinit MadeOnce<const std::vector<const OptionTable*>> tables;
  return tables.get([] {
    auto* made = new std::vector<const OptionTable*>;
    for (const NounRow& noun : nouns()) made->push_back(noun.options);
    return made;
  });
}

}  // namespace og::capi
