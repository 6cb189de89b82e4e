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
	} {
		wants(t, said, err, ErrInvalidArgument, err.(*Error).Option)
		if err.Error() != said || err.(*Error).Option == "" {
			t.Errorf("%q, not %q", err, said)
		}
	}
}
