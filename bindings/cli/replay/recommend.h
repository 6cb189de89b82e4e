// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "bindings/cli/failure.h"
#include "bindings/cli/replay/settings.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

// One setting's bill for each part of the log.
struct TwoParts {
  Provisioning first;
  Provisioning rest;
};

struct Recommendation {
  double overloaded_minutes = 0;  // that are allowed in all of the log
  double allowed_first = 0;       // the first part's share of them
  int64_t settings = 0;           // that were tried
  double growth = 1;              // of the log's traffic
  bool met = false;               // whether one of them kept to allowed_first
  int64_t first_s = 0;            // how long the parts are
  int64_t rest_s = 0;
  NounOptions options;  // of the section "autoscaler"
  TwoParts recommended;
  TwoParts configured;  // the settings as they are
};

/*
 * Searches settings of the autoscaler for the cheapest by which the first two thirds of the log are
 * overloaded for no longer than their share of `overloaded_minutes`, and scores it on the rest,
 * that had no part in the choice. Where none keeps to it, the one that is overloaded least is
 * chosen.
 *
 * The settings are a fixed list (candidates.h) over the configuration's own options, so that the
 * same log and configuration have the same answer, and the time is bounded: a list of some hundred,
 * of at most 45 days of 15 seconds each. A log shorter than an hour is refused.
 */
Result<Recommendation> recommend(const ReplaySettings& settings, const Summary& summary,
                                 double overloaded_minutes,
                                 const std::function<void(double part)>& progress);

}  // namespace og::cli
