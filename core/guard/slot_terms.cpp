// SPDX-License-Identifier: Apache-2.0
#include "core/guard/slot_terms.h"

#include <string>

#include "core/base/typed_options.h"

namespace og {

SlotLeases::Terms slot_terms(int64_t limit, const Options& given) {
  const auto options = OptionsOf<kSlotOptions>::among(given);
  SlotLeases::Terms terms;
  terms.limit = limit;
  terms.lease_ns = options.duration_ns("lease_ms");
  terms.when_apart = options.choice<WhenApart>("outage");
  return terms;
}

Result<void> check_without_fleet(const Options& given) {
  const SlotLeases::Terms usual, terms = slot_terms(1, given);
  const char* odd = nullptr;
  if (terms.lease_ns != usual.lease_ns) odd = "lease_ms";
  if (terms.when_apart != usual.when_apart) odd = "outage";
  if (!odd) return {};
  return fail(
      Status::kBadValue,
      "option '" + std::string(odd) + "' is for a concurrency limiter in a fleet: make it in one",
      odd);
}

}  // namespace og
