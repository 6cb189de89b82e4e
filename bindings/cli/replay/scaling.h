// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bindings/cli/failure.h"
#include "bindings/cli/replay/settings.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

/*
 * What the autoscaler of the configuration would have done with the timeline's work, asked at the
 * end of each slice, beside what else there is to choose: foresight, Kubernetes' rule, the
 * tutorial's rule of one step (the library's policy "step" with its defaults), and fixed numbers of
 * instances, among them enough for the busiest minute. All of it twice where the log is grown: with
 * its sources superposed, and with each request copied (provisioning/superposition.h).
 *
 * The service-time model. An instance has one CPU. A slice's load, in instances, is its work times
 * `growth` over its width; CPU utilization is load over serving instances, 100 % at most. A slice
 * whose load, with what waits from before, exceeds the serving instances is overloaded; what it did
 * not serve is due in the next, but for what would wait longer than timeout_ms. Latency is that of
 * processor sharing, S / (1 - utilization) with the slice's mean service time S, and timeout_ms
 * when overloaded. A new instance serves start_ms after the decision and is paid for from the
 * decision on.
 *
 * A request whose duration the log has is in flight for it: by Little's law a slice's durations
 * over its width are the mean number in flight, of which an instance works on `in_flight` at once.
 * Its latency is the logged one, which holds the waiting of its day already.
 */
Result<void> replay_scaling(const ReplaySettings& settings, Summary& summary);

}  // namespace og::cli
