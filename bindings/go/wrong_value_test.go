// SPDX-License-Identifier: Apache-2.0

package outgrow

import "testing"

func TestAnInvalidArgumentIsNamedWithItsValue(t *testing.T) {
	n := everyNoun(t)
	for said, err := range map[string]error{
		"count is not 0 to 1000000: -1": n.autoscaler.SetInstances(-1),
		"there is no node 9":            n.replicas.SetHealthy(9, false),
		"no permit: -5":                 second(n.breaker.Exit(-5, true)),
		"no ticket: -1":                 second(n.balancer.Cancel(-1)),
		"cost cannot be -2":             second(n.limiter.Acquire("a", -2)),
		// Where several can be at fault, the one that is.
		"no permit: -6":          second(n.breaker.ExitAt(-6, true, 0)),
		"now cannot be -7ns":     second(n.breaker.ExitAt(1, true, -7)),
		"no ticket: -8":          second(n.balancer.Release(-8, true, Measured)),
		"latency cannot be -9ns": second(n.balancer.Release(1, true, -9)),
		"now cannot be -10ns":    second(n.limiter.AcquireAt("a", 1, -10)),
		"cost cannot be -11":     second(n.limiter.AcquireAt("a", -11, 1)),
		"by cannot be -12":       n.metrics.Increment(0, -12),
		"counter cannot be 99":   n.metrics.Increment(99, 1),
		"ttl cannot be -13ns":    second(n.cache.Fill("a", 1, nil, -13)),
		"share is not 0 to 1, or no endpoint has the index 9": second(n.endpoints.Latency(9, 0.5)),
		"a metric is negative, infinite or above 1e15":        n.autoscaler.ObserveMetric(MetricCPUUtilization, -1),
		"operation cannot be 9":                               second(n.service.Begin(9, "", "")),
	} {
		e, is := err.(*Error)
		if !is || e.Status != StatusInvalidArgument || e.Message != said || e.Option == "" {
			t.Errorf("%v, not %q", err, said)
		}
	}
}
