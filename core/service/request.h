// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/status.h"
#include "core/base/striped_tally.h"
#include "core/cache/cache.h"

namespace og {

// A request: who asks, for what, and whether it changes it. Without a key it is neither looked up
// in the cache nor invalidates anything.
struct ServiceRequest {
  std::string_view client;
  std::string_view key;
  bool write = false;
};

// What is to be done with it.
//   a ticket > 0  run it, on the server and the node that the ticket names, and end() it; a `value`
//                 beside it is stale and may be used meanwhile
//   kOk           `value` is the answer
//   kAbsent       the key is known not to exist
//   kStale        `value` is past its time to live, and another caller is loading it
//   kWait         another caller is loading it: ask again within wait_ns
//   kDenied       over the client's rate, for wait_ns
//   kRefused      the breakers of all servers are open, for wait_ns at least
//   kNone         no server, or no node, may be chosen
//   kFull         too many calls in flight
struct ServiceAnswer {
  int64_t result = 0;  // a ticket, or a Status as its number
  CacheValue value;
  int64_t wait_ns = 0;
};

// How a call went, and what it says about its key.
struct ServiceEnding {
  enum class Keep { kNothing, kAbsence, kValue };
  bool success = true;
  int64_t latency_ns = -1;  // since begin()
  Keep keep = Keep::kNothing;
  std::string_view value;
  int64_t ttl_ns = CachePut::kDefaultTtl;
};

enum class ServiceCount : int32_t {
  // Requests by the layer that decided them.
  kDenied,    // limiter
  kNoServer,  // balancer
  kRefused,   // breakers
  kHits,      // cache
  kAbsences,  //
  kStale,     //
  kWaits,     //
  kNoNode,    // replicas
  kFull,      // of calls in flight
  kBegun,     // given a ticket
  // Tickets by how they ended.
  kSuccesses,
  kFailures,
  kCancelled,
  kExpired,
  // And beside these.
  kLapsed,         // tickets ended twice, or after their time
  kRerouted,       // requests that a breaker sent to another server
  kFills,          // values and absences cached
  kFillsRefused,   // not cached: the lease was void, or the value too large
  kInvalidations,  // keys removed for a write
  kCount
};

class ServiceCounts {
 public:
  void add(ServiceCount which) noexcept { tally_.add(static_cast<size_t>(which)); }
  int64_t total(ServiceCount which) const noexcept {
    return tally_.total(static_cast<size_t>(which));
  }

 private:
  StripedTally tally_{static_cast<size_t>(ServiceCount::kCount)};
};

}  // namespace og
