// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/host_faults.h"

#include "core/inspect/opened_object.h"

namespace og {
namespace {

using Faults = std::vector<std::string>;

Faults faults_of(const Segment::ObjectInfo& object, const std::shared_ptr<Segment>& segment) {
  const ObjectKind* kind = find_kind(object.kind);
  if (!kind) return {};
  auto opened = kind->open(object, segment);
  if (!opened) return {"is not what its options say: " + opened.error().message};
  return (*opened)->faults();
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
