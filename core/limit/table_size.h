// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/base/options.h"
#include "core/base/visit_variant.h"
#include "core/limit/count_min_options.h"
#include "core/limit/policies.h"
#include "core/limit/verdict.h"

namespace og {

inline constexpr int64_t kUsualKeys = 65536;

// Keys that a limiter's table has room for, by its options: of a policy that has no cell a key, and
// so says kKeys, these.
template <class LimiterOptions>
Result<uint64_t> table_keys(const LimiterOptions& options, const LimitPolicies::Any& policy) {
  const int64_t given = options.integer("keys");
  return visit_variant(policy, [&]<class P>(const P&) -> Result<uint64_t> {
    if constexpr (!requires { P::kKeys; }) {
      if (auto sketch = refuse_sketch(options, P::kWord); !sketch)
        return tl::unexpected(std::move(sketch.error()));
      return static_cast<uint64_t>(given);
    } else {
      const bool is_given = given != kUsualKeys;
      if (!is_given && options.template choice<Crowd>("when_full") == Crowd::kDeny) return P::kKeys;
      const char* option = is_given ? "keys" : "when_full";
      return fail(Status::kBadValue,
                  std::string("option '") + option + "' is for policies with a cell a key: " +
                      P::kWord + " has room for any number, and is sized by sketch_width",
                  option);
    }
  });
}

// The option that says how large it is, and what it says.
template <class LimiterOptions>
std::pair<const char*, int64_t> sized_by(const LimiterOptions& options) {
  if (options.word("policy") == kCountMinWord)
    return {"sketch_width", options.integer("sketch_width")};
  return {"keys", options.integer("keys")};
}

}  // namespace og
