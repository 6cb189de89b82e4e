// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/service/breaker_layer.h"
#include "core/service/cache_layer.h"
#include "core/service/layer_list.h"
#include "core/service/limiter_layer.h"
#include "core/service/replicas_layer.h"
#include "core/service/servers_layer.h"

namespace og {

// The layers of a service, a row each, in the order in which a request passes them. Each is all in
// the file of its name.
using ServiceLayers = LayerList<LimiterLayer,    // how often a client may ask
                                ServersLayer,    // which server takes it, whose breaker lets it in
                                BreakerLayer,    // the one breaker, where there are no servers
                                CacheLayer,      // whether the answer is known
                                ReplicasLayer>;  // which node of the database

static_assert(ServiceLayers::kWords <= Taken::kMostWords);

}  // namespace og
