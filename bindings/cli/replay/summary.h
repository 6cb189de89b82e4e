// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bindings/cli/log/reader.h"
#include "bindings/cli/provisioning/score.h"
#include "bindings/cli/replay/settings.h"
#include "bindings/cli/tally/timeline.h"
#include "bindings/cli/tally/worst.h"

namespace og::cli {

struct NamedCount {
  std::string name;
  int64_t count = 0;
};

// The ways to choose the number of instances, over one and the same grown log.
struct Ways {
  Provisioning ours;
  Provisioning foresight;  // the least by which no slice is overloaded
  Provisioning hpa;        // Kubernetes' rule
  Provisioning step_rule;
  Provisioning fixed;                   // what the busiest minute fills, all the time
  std::vector<Provisioning> constants;  // other numbers, all the time, each its own `peak`
};

// A decision that changed the number of instances.
struct ScaleChange {
  int64_t epoch_s = 0;
  int32_t from = 0;
  int32_t to = 0;
  std::string reason;
  std::string metric;  // that decided, or empty
  std::string text;
};

// A point of the autoscaler's course: the instances that serve, and the load in instances.
struct LoadPoint {
  int64_t epoch_s = 0;
  double load = 0;          // what the work fills, in instances
  bool overloaded = false;  // with what waited from before
  int32_t instances = 0;
  int32_t step_rule = 0;  // what the tutorial's rule would have
  int32_t hpa = 0;        // and Kubernetes'
};

// All that a replay found out.
struct Summary {
  std::vector<std::string> logs;
  std::vector<NamedText> formats;  // each log's
  std::string title;
  std::string config;              // its path; empty for the defaults
  std::vector<NamedText> options;  // where they differ from the library's defaults, and the model

  int64_t requests = 0;
  LeftOut left_out;
  int64_t first_s = 0;
  int64_t last_s = 0;
  int32_t first_offset_s = 0;
  int32_t last_offset_s = 0;
  int64_t out_of_order = 0;  // lines earlier than one before them; the clock stood for them
  int64_t bytes = 0;
  int64_t server_errors = 0;  // 5xx in the log
  int64_t clients = 0;
  bool clients_exact = true;
  int64_t urls = 0;
  bool urls_exact = true;
  int64_t durations = 0;   // requests whose duration the log has
  double duration_ms = 0;  // of these, all together

  struct {
    int64_t allowed = 0;
    int64_t denied = 0;
    int64_t clients_denied = 0;
    bool worst_exact = true;
    std::vector<WorstNames::Name> worst;
  } limiter;

  struct {
    std::string policy;
    std::vector<NamedCount> picks;  // in the servers' order
    std::vector<int64_t> weights;
    int64_t unplaced = 0;
    double imbalance = 0;  // the largest share against its weight's, 1 is even
  } balancer;

  struct {
    int64_t transitions = 0;
    int64_t refused = 0;
    int64_t failures = 0;               // 5xx that reached a server
    std::vector<NamedCount> by_server;  // transitions
  } breaker;

  struct {
    int64_t hits = 0;
    int64_t misses = 0;
    int64_t hit_bytes = 0;
    int64_t miss_bytes = 0;
    int64_t evictions = 0;
    int64_t expirations = 0;
    int64_t invalidations = 0;  // writes that found the URL cached
    int64_t entries = 0;
    int64_t entry_bytes = 0;
  } cache;

  struct {
    std::string kind;
    std::vector<NamedCount> reads;  // the primary last
    int64_t unrouted = 0;           // calls that the router had no node for
    int64_t writes = 0;
    int64_t documents = 0;  // rows made for URLs when first read
  } store;

  struct {
    double growth = 1;
    int64_t decisions = 0;  // those that changed the number
    int64_t evaluations = 0;
    Ways ways;    // with the sources of the growth superposed
    Ways copied;  // with each request copied
    std::string policy;
    std::string predictor;
    std::vector<NamedCount> reasons;   // of the changes
    std::vector<ScaleChange> changes;  // the first thousand
    std::vector<LoadPoint> course;
  } autoscaler;

  Timeline timeline;
  double elapsed_seconds = 0;
};

}  // namespace og::cli
