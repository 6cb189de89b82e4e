// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/opened_object.h"

#include <sstream>
#include <string>

#include "core/inspect/nouns.h"

namespace og {

const ObjectKind* find_kind(uint32_t kind) noexcept {
  for (const NounRow& noun : nouns()) {
    if (noun.in_scope.open && noun.in_scope.kind == kind) return &noun.in_scope;
  }
  return nullptr;
}

const char* kind_name(uint32_t kind) noexcept {
  if (const ObjectKind* noun = find_kind(kind)) return noun->name;
  return kind == static_cast<uint32_t>(CellKind::kPickPolicy) ? "balancer_policy" : "unknown";
}

Config config_of(const Segment::ObjectInfo& object) {
  Config config;
  std::istringstream words(object.options);
  for (std::string word; words >> word;) {
    const size_t at = word.find('=');
    if (at != word.npos) config.set(word.substr(0, at), word.substr(at + 1));
  }
  return config;
}

}  // namespace og
