// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/cache.h>

#include <cstdint>
#include <outgrow/bytes.hpp>
#include <outgrow/clock.hpp>
#include <outgrow/handle.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace outgrow {

inline constexpr Duration kForever{0};                        // a time to live without an end
inline constexpr Duration kDefaultTtl{OG_CACHE_DEFAULT_TTL};  // what the noun's options say

// A reference to a value's bytes, which stay as they are for as long as it lives, whatever becomes
// of the cache or store that it came from.
class Value : public detail::Handle<og_value, og_value_destroy> {
 public:
  using Handle::Handle;
  Value() noexcept : Handle(nullptr) {}  // none

  // Empty when there is no value.
  std::string_view view() const noexcept {
    return *this ? std::string_view(static_cast<const char*>(og_value_data(handle())),
                                    static_cast<std::size_t>(og_value_size(handle())))
                 : std::string_view();
  }
  std::string string() const { return std::string(view()); }
};

// What a get found. An empty value is a value.
struct Lookup {
  Status status = Status::miss;  // ok, miss or absent
  Value value;

  explicit operator bool() const noexcept { return static_cast<bool>(value); }
  std::string_view view() const noexcept { return value.view(); }
};

// What a get found, and where.
struct SourcedLookup {
  Status status = Status::absent;  // ok or absent
  Value value;
  Source source = Source::store;

  explicit operator bool() const noexcept { return static_cast<bool>(value); }
  std::string_view view() const noexcept { return value.view(); }
};

namespace detail {

// What a function of one key wrote: get(value) returns its size, an outcome or an error.
template <class Get>
Lookup lookup(const char* function, Get&& get) {
  og_value* value = nullptr;
  std::int64_t answer = checked(get(&value), function);
  return {answer >= 0 ? Status::ok : static_cast<Status>(answer), Value(value)};
}

// What a function of many keys wrote: get(values, outcomes) returns how many it found, or an error.
template <class Get>
std::vector<Lookup> lookup_many(const Keys& keys, const char* function, Get&& get) {
  std::vector<Lookup> lookups(keys.size());
  std::vector<og_value*> values(keys.size());
  std::vector<std::int64_t> outcomes(keys.size());
  std::int64_t found = get(values.data(), outcomes.data());
  for (std::size_t i = 0; i < lookups.size(); ++i) {
    lookups[i].status = outcomes[i] >= 0 ? Status::ok : static_cast<Status>(outcomes[i]);
    lookups[i].value = Value(values[i]);
  }
  checked(found, function);
  return lookups;
}

}  // namespace detail
}  // namespace outgrow
