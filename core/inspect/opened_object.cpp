// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/opened_object.h"

#include <utility>

#include "core/inspect/nouns.h"

namespace og {

namespace {

template <class Is>
const ObjectKind* find_if(Is is) noexcept {
  for (const NounRow& noun : nouns()) {
    for (const ObjectKind* kind : {&noun.in_scope, &noun.in_fleet}) {
      if (kind->open && is(*kind)) return kind;
    }
  }
  return nullptr;
}

}  // namespace

const ObjectKind* find_kind(uint32_t kind) noexcept {
  return find_if([&](const ObjectKind& each) { return each.kind == kind; });
}

const ObjectKind* find_kind(std::string_view name) noexcept {
  return find_if([&](const ObjectKind& each) { return each.name == name; });
}

const char* kind_name(uint32_t kind) noexcept {
  if (const ObjectKind* known = find_kind(kind)) return known->name;
  return kind == static_cast<uint32_t>(CellKind::kPickPolicy) ? "balancer_policy" : "unknown";
}

Result<Config> config_of(const Segment::ObjectInfo& object, const OptionTable& options) {
  auto recalled = Options::recall(options, object.options);
  if (!recalled) return tl::unexpected(std::move(recalled.error()));
  return recalled->to_config();
}

}  // namespace og
