// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/opened_object.h"

#include <utility>

#include "core/inspect/nouns.h"

namespace og {

const ObjectKind* find_kind(uint32_t kind) noexcept {
  for (const NounRow& noun : nouns()) {
    if (noun.in_scope.open && noun.in_scope.kind == kind) return &noun.in_scope;
  }
  return nullptr;
}

const ObjectKind* find_kind(std::string_view name) noexcept {
  for (const NounRow& noun : nouns()) {
    if (noun.in_scope.open && noun.in_scope.name == name) return &noun.in_scope;
  }
  return nullptr;
}

const char* kind_name(uint32_t kind) noexcept {
  if (const ObjectKind* noun = find_kind(kind)) return noun->name;
  switch (static_cast<CellKind>(kind)) {
    case CellKind::kPickPolicy:
      return "balancer_policy";
    case CellKind::kFleet:
      return "fleet";
    case CellKind::kFleetLimiter:
      return "fleet_limiter";
    default:
      return "unknown";
  }
}

Result<Config> config_of(const Segment::ObjectInfo& object, const OptionTable& options) {
  auto recalled = Options::recall(options, object.options);
  if (!recalled) return tl::unexpected(std::move(recalled.error()));
  return recalled->to_config();
}

}  // namespace og
