// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"testing"
	"time"
)

// Hot calls allocate nothing, with keys of either kind.
func TestHotCallsAllocateNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	n := everyNoun(t)
	text, data := "user:"+string(make([]byte, 20)), []byte("user:42")
	keys := []string{"a", "b", "c", text}
	waits, picks := make([]time.Duration, len(keys)), make([]int32, len(keys))
	room := make([]byte, 0, 64)
	n.cache.Set(text, []byte("value"), 0)
	counter, _ := n.metrics.Counter("hits_total", "Hits.", "")
	histogram, _ := n.metrics.Histogram("call_seconds", "Calls.", "")
	service, err := NewService(ServiceOptions{Servers: "a, b", Breaker: &CircuitBreakerOptions{}})
	made(t, service, err)
	for name, call := range map[string]func(){
		"Acquire":         func() { n.limiter.Acquire(text, 1) },
		"Acquire of Key":  func() { n.limiter.Acquire(Key(data), 1) },
		"AcquireAt":       func() { n.limiter.AcquireAt(text, 1, 1) },
		"Allow":           func() { n.limiter.Allow(text) },
		"Peek":            func() { n.limiter.Peek(text, 1) },
		"AcquireDetailed": func() { n.limiter.AcquireDetailed(text, 1) },
		"AcquireMany":     func() { n.limiter.AcquireMany(keys, nil, waits) },
		"Enter and Exit": func() {
			permit, _ := n.breaker.Enter()
			n.breaker.Exit(permit, true)
			permit, _ = n.concurrent.Enter()
			n.concurrent.Exit(permit)
		},
		"State":    func() { n.breaker.State() },
		"Pick":     func() { n.balancer.Pick(text) },
		"PickMany": func() { n.balancer.PickMany(keys, picks) },
		"balancer's Acquire and Release": func() {
			ticket, _, _, _ := n.balancer.Acquire(text)
			n.balancer.Release(ticket, true, Measured)
		},
		"Get":       func() { n.cache.Get(text, room) },
		"Get, miss": func() { n.cache.Get("none", room) },
		"View":      func() { n.cache.View(text, func([]byte) {}) },
		"Set":       func() { n.cache.Set(text, data, 0) },
		"Of":        func() { n.shards.Of(text) },
		"OfInt64":   func() { n.shards.OfInt64(7) },
		"OfMany":    func() { n.shards.OfMany(keys, picks) },
		"Read":      func() { n.replicas.Read() },
		"replicas' Acquire and Release": func() {
			ticket, _, _, _ := n.replicas.Acquire(false)
			n.replicas.Release(ticket, true, Measured)
		},
		"Decide":    func() { n.autoscaler.Decide() },
		"Increment": func() { n.metrics.Increment(counter, 1) },
		"Observe":   func() { n.metrics.Observe(histogram, time.Millisecond) },
		"Begin and Cancel": func() {
			b, _ := service.Begin(ServiceRead, text, text)
			service.Cancel(b.Ticket)
		},
		"Now": func() { n.clock.Now() },
	} {
		if allocations := testing.AllocsPerRun(1000, call); allocations != 0 {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}
