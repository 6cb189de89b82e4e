// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/fleet/fleet_scope.h"
#include "core/inspect/open_noun.h"

namespace og {

// The fleet that an object of a host's scope is of, as a scope over that one; and the object's name
// in it. object: "fleet/name".
Result<std::pair<std::shared_ptr<Scope>, std::string>> in_its_fleet(
    const std::string& object, const std::shared_ptr<Segment>& segment);

template <class Noun>
Result<std::unique_ptr<OpenedObject>> open_in_fleet(const Segment::ObjectInfo& object,
                                                    const std::shared_ptr<Segment>& segment) {
  auto config = config_of(object, *find_kind(object.kind)->options);
  if (!config) return tl::unexpected(config.error());
  auto place = in_its_fleet(object.name, segment);
  if (!place) return tl::unexpected(std::move(place.error()));
  auto noun = create<Noun>(*config, Place(place->first, place->second));
  if (!noun) return tl::unexpected(noun.error());
  return std::make_unique<Opened<Noun>>(std::move(*noun));
}

// A noun's row, of one that can lie in a fleet too.
template <class Noun>
NounRow in_fleet(NounRow row, CellKind kind, const char* name) {
  row.in_fleet = {static_cast<uint32_t>(kind), name, row.options, &open_in_fleet<Noun>};
  return row;
}

// A fleet's own: what the processes of the machine share of it.
NounRow fleet_row(const OptionTable& options);

}  // namespace og
