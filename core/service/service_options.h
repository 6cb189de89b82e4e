// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/options.h"

namespace og {

// A service's own options and, under the layer's name and a dot, every option of each layer:
// "limiter.rate", "cache.capacity_bytes". The latter are the nouns' own rows, so that a noun's new
// option is a service's at once.
const OptionTable& service_options();

// A service's own options, once the whole config is known to fit.
struct ServiceSettings {
  std::string servers;
  bool balance_by_client;
  int64_t max_in_flight;
  int64_t call_ns;

  static Result<ServiceSettings> resolve(const Config& config);
};

// A service settles its calls itself; so the tickets of its balancer and its replicas are as many
// as its calls and have no deadline of their own, unless the config says otherwise.
Config with_tickets(Config layer, int64_t max_in_flight);

// What a layer's create() found at fault, its option named in full.
Error in_layer(Error error, const Config& layer);

}  // namespace og
