// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "core/observe/series_record.h"

namespace og {

// Finds a series by its names. What it keeps of a name is a hash: the names stay in their records,
// where in a segment somebody may scribble over them, and are compared there. Hashes are seeded, as
// programs make names out of what clients send. Not thread-safe.
class SeriesIndex {
 public:
  static constexpr int32_t kNone = -1;
  using NamesOf = std::function<SeriesRecord::Names(int32_t)>;

  explicit SeriesIndex(NamesOf names_of);

  void add(int32_t id);
  int32_t find(std::string_view family, std::string_view instance) const;
  int32_t find_family(std::string_view family) const;  // the first that was added, or kNone

 private:
  using Ids = std::unordered_multimap<uint64_t, int32_t>;

  uint64_t hash(std::string_view family, std::string_view instance) const;
  template <class Same>
  int32_t find_in(const Ids& ids, uint64_t hash, Same&& same) const;

  NamesOf names_of_;
  uint64_t seed_;
  Ids series_, families_;
};

}  // namespace og
