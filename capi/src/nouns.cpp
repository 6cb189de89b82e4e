// SPDX-License-Identifier: Apache-2.0
#include "capi/src/nouns.h"

#include <vector>

#include "core/inspect/nouns.h"

namespace og::capi {

std::span<const OptionTable* const> option_tables() {
  static const std::vector<const OptionTable*> kTables = [] {
    std::vector<const OptionTable*> tables;
    for (const NounRow& noun : nouns()) tables.push_back(noun.options);
    return tables;
  }();
  return kTables;
}

}  // namespace og::capi
