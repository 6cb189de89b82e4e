// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"testing"
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// Each call three times: written by hand with cgo, in the raw layer, and as users call it.

func against(b *testing.B, plain, layer, noun func()) {
	for _, way := range []struct {
		name string
		call func()
	}{{"plain-cgo", plain}, {"raw", layer}, {"outgrow", noun}} {
		if way.call == nil {
			continue
		}
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				way.call()
			}
		})
	}
}

func BenchmarkCrossing(b *testing.B) { against(b, raw.PlainVersion, nil, nil) }

func benchLimiter(b *testing.B) *RateLimiter {
	l, err := NewRateLimiter(RateLimiterOptions{Rate: "1000000/s"})
	return made(b, l, err)
}

var benchKey, benchText = []byte("user:12345678901"), "user:12345678901"

func BenchmarkRateLimiterAcquire(b *testing.B) {
	l := benchLimiter(b)
	h := l.handle
	against(b, func() { raw.PlainLimiterAcquire(h, benchKey, 1) },
		func() { raw.LimiterAcquire(h, benchText, 1) },
		func() { l.Acquire(benchText, 1) })
}

func BenchmarkRateLimiterAcquireMany(b *testing.B) {
	l := benchLimiter(b)
	keys, waits := make([]string, 100), make([]time.Duration, 100)
	for i := range keys {
		keys[i] = benchText[:15] + string(rune('a'+i%26))
	}
	b.ReportAllocs()
	for i := 0; i < b.N; i += len(keys) { // a key each
		l.AcquireMany(keys, nil, waits)
	}
}

// Goroutines of one limiter: each with a key of its own, so that they share the handle alone.
func BenchmarkRateLimiterParallel(b *testing.B) {
	l := benchLimiter(b)
	b.RunParallel(func(p *testing.PB) {
		key := string(append([]byte("key "), byte(time.Now().UnixNano())))
		for p.Next() {
			l.Acquire(key, 1)
		}
	})
}

func BenchmarkCircuitBreakerEnter(b *testing.B) {
	c, err := NewCircuitBreaker(CircuitBreakerOptions{})
	made(b, c, err)
	h := c.handle
	against(b, func() { raw.PlainBreakerEnter(h) }, func() { raw.BreakerEnter(h) }, func() { c.Enter() })
}

func BenchmarkBalancerPick(b *testing.B) {
	e, err := NewEndpoints(EndpointsOptions{})
	made(b, e, err)
	e.Add("a", 1, "")
	e.Add("b", 1, "")
	p, err := NewBalancer(BalancerOptions{Policy: BalancerPolicyConsistentHash}, e)
	made(b, p, err)
	h := p.handle
	against(b, func() { raw.PlainBalancerPick(h, benchKey) }, func() { raw.BalancerPick(h, benchText) },
		func() { p.Pick(benchText) })
}

func BenchmarkShardMapOf(b *testing.B) {
	m, err := NewShardMap(ShardMapOptions{Shards: 64})
	made(b, m, err)
	h := m.handle
	against(b, func() { raw.PlainShardsOf(h, benchKey) }, func() { raw.ShardsOf(h, benchText) },
		func() { m.Of(benchText) })
}

func BenchmarkCacheGet(b *testing.B) {
	c, err := NewBytesCache(CacheOptions{})
	made(b, c, err)
	c.Set(benchText, make([]byte, 100), 0)
	h, room := c.handle, make([]byte, 128)
	against(b, func() { raw.PlainCacheGet(h, benchKey, room) }, func() { raw.CacheGet(h, benchText, room) },
		func() { c.Get(benchText, room) })
}

func BenchmarkCacheView(b *testing.B) {
	c, err := NewBytesCache(CacheOptions{})
	made(b, c, err)
	c.Set(benchText, make([]byte, 100), 0)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		c.View(benchText, func([]byte) {})
	}
}

func BenchmarkServiceBeginAndEnd(b *testing.B) {
	s, err := NewService(ServiceOptions{Servers: "a, b", Breaker: &CircuitBreakerOptions{}})
	made(b, s, err)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		begun, _ := s.Begin(ServiceRead, "", benchText)
		s.End(begun.Ticket, Result{Success: true, Latency: Measured})
	}
}
