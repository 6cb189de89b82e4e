// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"context"
	"testing"
	"time"
)

// A context that ends when the test says so.
type ending struct {
	context.Context
	err error
}

func (c *ending) Err() error { return c.err }

func newEnding() *ending { return &ending{Context: context.Background()} }

// A call that is still out at its deadline has failed: that is how a server that hangs is seen. One that
// its caller has cancelled says nothing.
func TestDeadlinesCountAndCancellationsDoNot(t *testing.T) {
	for _, of := range []struct {
		err      error
		failures int64
	}{{context.DeadlineExceeded, 1}, {context.Canceled, 0}} {
		c := manual(t)
		b, err := NewCircuitBreaker(CircuitBreakerOptions{FailureThreshold: 1, Open: time.Minute, Clock: c})
		made(t, b, err)
		ctx := newEnding()
		hangs := func() error { ctx.err = of.err; return of.err }
		if err := b.Do(ctx, func(context.Context) error { return hangs() }); err != of.err {
			t.Fatal(err)
		}
		if state, _ := b.State(); (state == BreakerOpen) != (of.failures > 0) {
			t.Error(of.err, "the breaker is", state)
		}

		e, err := NewEndpoints(EndpointsOptions{})
		made(t, e, err)
		e.Add("a", 1, "")
		balancer, err := NewBalancer(BalancerOptions{Clock: c}, e)
		made(t, balancer, err)
		ctx = newEnding()
		balancer.Do(ctx, "", func(context.Context, int32) error { return hangs() })
		calls, _ := e.Calls(0)
		failures, _ := e.Failures(0)
		if flying, _ := e.InFlight(0); flying != 0 || calls != of.failures || failures != of.failures {
			t.Error(of.err, "the endpoint has", flying, calls, failures)
		}

		r, err := NewReplicaRouter(ReplicaRouterOptions{Clock: c})
		made(t, r, err)
		ctx = newEnding()
		r.Do(ctx, true, func(context.Context, int32) error { return hangs() })
		if flying, _ := r.InFlight(ReplicasPrimary); flying != 0 {
			t.Error(of.err, "the node has", flying)
		}

		v, err := NewService(ServiceOptions{Cache: &CacheOptions{}, Breaker: &CircuitBreakerOptions{FailureThreshold: 1}, Clock: c})
		made(t, v, err)
		ctx = newEnding()
		v.Read(ctx, "", "k", func(context.Context, int32, int32) ([]byte, error) { return nil, hangs() })
		for which, want := range map[ServiceStat]int64{ServiceInFlight: 0, ServiceFailures: of.failures, ServiceCancelled: 1 - of.failures} {
			if got, _ := v.Stat(which); got != want {
				t.Errorf("%v: the service's stat %d is %d, not %d", of.err, which, got, want)
			}
		}
	}
}
