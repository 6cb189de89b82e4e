// SPDX-License-Identifier: Apache-2.0
#include "core/limit/lease_terms.h"

#include <string>

#include "core/base/typed_options.h"
#include "core/fleet/bucket_scripts.h"
#include "core/limit/token_bucket_policy.h"

namespace og {

namespace {

Result<void> check_mode(const LeaseAgent::Terms& terms, const OptionsOf<kLeaseOptions>& options) {
  const LeaseAgent::Terms usual;
  const bool is_exact = terms.mode == LeaseMode::kExact;
  const char* odd = nullptr;
  if (is_exact && terms.lease_ns != usual.lease_ns) odd = "lease_ms";
  if (is_exact && terms.slice != usual.slice) odd = "slice";
  if (terms.mode != LeaseMode::kLeased && terms.share != usual.share) odd = "share";
  if (!odd) return {};
  return fail(Status::kUnsupported,
              "option '" + std::string(odd) + "' is not for mode " + options.word("mode") + ": " +
                  (is_exact ? "it takes nothing ahead" : "it spends first"),
              odd);
}

}  // namespace

Result<LeaseAgent::Terms> lease_terms(const LimitSetup& setup) {
  const Rate rate = setup.rate;
  if (rate.period_ns % 1000 != 0) {
    return fail(Status::kBadValue,
                "option 'rate' cannot be over " + std::to_string(rate.period_ns) +
                    " ns in a fleet: its server counts in whole microseconds",
                "rate");
  }
  const auto bucket = OptionsOf<kTokenBucketOptions>::among(setup.options);
  if (bucket.integer("initial") != -1) {
    return fail(Status::kUnsupported,
                "option 'initial' is not for a fleet, in any mode: a new key has all of its bucket",
                "initial");
  }
  if (bucket.integer("max_debt") != 0) {
    return fail(Status::kUnsupported,
                "option 'max_debt' is not for a fleet, in any mode: nobody is charged there",
                "max_debt");
  }
  if (bucket.duration_ns("max_wait_ms") != kUsualMaxWait) {
    return fail(Status::kUnsupported,
                "option 'max_wait_ms' is not for a fleet, in any mode: no slot is reserved there",
                "max_wait_ms");
  }
  const int64_t own = bucket.integer("burst");
  const int64_t burst = own > 0 ? own : rate.count;
  const int64_t period_us = rate.period_ns / 1000;
  if (static_cast<double>(burst) * static_cast<double>(period_us) > kMostUnits) {
    const auto most = static_cast<int64_t>(kMostUnits / static_cast<double>(period_us));
    return fail(Status::kBadValue,
                "option 'burst' cannot be " + std::to_string(burst) +
                    " in a fleet with that rate: at most " + std::to_string(most),
                "burst");
  }
  const auto options = OptionsOf<kLeaseOptions>::among(setup.options);
  LeaseAgent::Terms terms;
  terms.mode = options.choice<LeaseMode>("mode");
  terms.rate = {rate.count, period_us, burst};
  terms.lease_ns = options.duration_ns("lease_ms");
  terms.slice = options.integer("slice");
  terms.share = options.integer("share");
  terms.when_apart = options.choice<WhenApart>("outage");
  if (auto can = check_mode(terms, options); !can) return tl::unexpected(std::move(can.error()));
  return terms;
}

Result<void> check_unleased(const Options& given) {
  const auto options = OptionsOf<kLeaseOptions>::among(given);
  const LeaseAgent::Terms usual;
  const char* odd = nullptr;
  if (options.choice<LeaseMode>("mode") != usual.mode) odd = "mode";
  if (options.duration_ns("lease_ms") != usual.lease_ns) odd = "lease_ms";
  if (options.integer("slice") != usual.slice) odd = "slice";
  if (options.integer("share") != usual.share) odd = "share";
  if (options.choice<WhenApart>("outage") != usual.when_apart) odd = "outage";
  if (!odd) return {};
  return fail(Status::kBadValue,
              "option '" + std::string(odd) + "' is for a limiter in a fleet: make it in one", odd);
}

}  // namespace og
