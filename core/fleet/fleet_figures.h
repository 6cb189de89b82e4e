// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/metric_sink.h"
#include "core/fleet/fleet_record.h"

namespace og {

// A machine's part of a fleet, for people: as a JSON object.
// agent: which process it is, in words; empty: there is none.
std::string fleet_status(std::string_view fleet, const FleetRecord& record, std::string_view agent);

void collect_fleet(const FleetRecord& record, MetricSink& sink);

}  // namespace og
