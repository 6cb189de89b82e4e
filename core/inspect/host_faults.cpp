// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/host_faults.h"

#include "core/guard/breaker.h"
#include "core/inspect/object_config.h"
#include "core/limit/limiter.h"
#include "core/scope/place.h"

namespace og {
namespace {

using Faults = std::vector<std::string>;

template <class Noun>
Faults faults_of(const Config& config, const Place& place) {
  auto noun = Noun::create(config, system_clock(), place);
  if (!noun) return {"is not what its options say: " + noun.error().message};
  return (*noun)->faults();
}

// Kinds that are not here have nothing that could be at odds.
Faults faults_of(const Segment::ObjectInfo& object, const std::shared_ptr<Segment>& segment) {
  const Config config = config_of(object.options);
  const Place place(segment, object.name);
  switch (static_cast<CellKind>(object.kind)) {
    case CellKind::kLimiter: return faults_of<Limiter>(config, place);
    case CellKind::kBreaker: return faults_of<Breaker>(config, place);
    default: return {};
  }
}

}  // namespace

Result<Faults> host_faults(const std::shared_ptr<Segment>& segment) {
  auto all = segment->verify();
  if (!all) return all;
  for (const Segment::ObjectInfo& object : segment->objects()) {
    for (const std::string& fault : faults_of(object, segment)) {
      all->push_back("'" + object.name + "': " + fault);
    }
  }
  return all;
}

}  // namespace og
