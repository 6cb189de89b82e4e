// SPDX-License-Identifier: Apache-2.0
#include "core/observe/series_index.h"

#include "core/base/hash.h"
#include "core/base/random.h"

namespace og {

SeriesIndex::SeriesIndex(NamesOf names_of)
    : names_of_(std::move(names_of)), seed_(entropy_seed()) {}

uint64_t SeriesIndex::hash(std::string_view family, std::string_view instance) const {
  return hash64(instance, hash64(family, seed_));
}

template <class Same>
int32_t SeriesIndex::find_in(const Ids& ids, uint64_t hash, Same&& same) const {
  const auto [first, last] = ids.equal_range(hash);
  for (auto id = first; id != last; ++id) {
    if (same(names_of_(id->second))) return id->second;
  }
  return kNone;
}

int32_t SeriesIndex::find(std::string_view family, std::string_view instance) const {
  return find_in(series_, hash(family, instance), [&](const SeriesRecord::Names& names) {
    return names.family == family && names.instance == instance;
  });
}

int32_t SeriesIndex::find_family(std::string_view family) const {
  return find_in(families_, hash64(family, seed_),
                 [&](const SeriesRecord::Names& names) { return names.family == family; });
}

void SeriesIndex::add(int32_t id) {
  const SeriesRecord::Names names = names_of_(id);
  if (find_family(names.family) == kNone) families_.emplace(hash64(names.family, seed_), id);
  series_.emplace(hash(names.family, names.instance), id);
}

}  // namespace og
