// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/shards.h>

#include <cstdint>
#include <outgrow/bytes.hpp>
#include <outgrow/handle.hpp>
#include <outgrow/list.hpp>
#include <string_view>

namespace outgrow {

// The keys from first on, up to but without end, and the shards between which they move: the same
// twice in a map that is no change. What it views is the list's.
struct KeyRange {
  std::string_view first;
  std::string_view end;  // empty: no end
  std::int32_t from;
  std::int32_t to;
};

// Ranges of keys, ascending and disjoint.
class KeyRanges : public detail::Handle<og_ranges, og_ranges_destroy>,
                  public detail::List<KeyRanges> {
 public:
  using Handle::Handle;

  std::int64_t size() const {
    return detail::checked(og_ranges_count(handle()), "og_ranges_count");
  }
  KeyRange operator[](std::int64_t index) const {
    const void *first = nullptr, *end = nullptr;
    std::int64_t first_size = 0, end_size = 0;
    std::int32_t from = 0, to = 0;
    detail::checked(og_ranges_at(handle(), index, &first, &first_size, &end, &end_size, &from, &to),
                    "og_ranges_at");
    return {detail::bytes(first, first_size).view(), detail::bytes(end, end_size).view(), from, to};
  }
};

}  // namespace outgrow
