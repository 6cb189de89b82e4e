// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"strconv"
	"sync"
	"testing"
	"time"
)

// Every noun under eight goroutines at once; -race watches Go's side of it.
func TestEveryNounFromEightGoroutines(t *testing.T) {
	n := everyNoun(t)
	counter, _ := n.metrics.Counter("calls_total", "Calls.", "")
	n.metrics.AddCache("cache", n.cache)
	n.metrics.AddService("service", n.service)
	const goroutines, rounds = 8, 300
	var all sync.WaitGroup
	for g := 0; g < goroutines; g++ {
		all.Add(1)
		go func(g int) {
			defer all.Done()
			waits, picks := make([]time.Duration, 2), make([]int32, 2)
			for i := 0; i < rounds; i++ {
				key := strconv.Itoa(i % 20)
				keys := []string{key, "x"}
				n.clock.Advance(time.Millisecond)
				n.limiter.AcquireMany(keys, nil, waits)
				if permit, _ := n.concurrent.Enter(); permit > 0 {
					n.concurrent.Exit(permit)
				}
				if permit, _ := n.breaker.Enter(); permit > 0 {
					n.breaker.Exit(permit, i%3 > 0)
				}
				if ticket, _, _, _ := n.balancer.Acquire(key); ticket > 0 {
					n.balancer.Release(ticket, true, Measured)
				}
				n.balancer.PickMany(keys, picks)
				n.cached.Set(key, []byte(key))
				n.cached.Get(key)
				n.cached.GetMany(keys)
				n.cached.Pump()
				if b, _ := n.cached.TakeBatch(); b != nil {
					b.Writes()
					n.cached.BatchDone(b, nil)
				}
				n.shards.Of(key)
				if g == 0 {
					n.shards.Resize(int64(i%9 + 1))
					n.endpoints.SetWeight(0, int64(i%3+1))
				}
				q, err := n.gather.StartAll(2)
				if err == nil {
					q.Row(0, "", key)
					q.Done(0)
					q.Done(1)
					q.Rows()
					q.Close()
				}
				n.autoscaler.Observe(Sample{CPUUtilization: float64(i % 100)})
				n.autoscaler.Explain()
				if b, _ := n.service.Begin(ServiceRead, key, key); b.Ticket > 0 {
					n.service.End(b.Ticket, Result{Success: true, Latency: Measured, Value: []byte(key), TTL: DefaultTTL})
				}
				n.metrics.Increment(counter, 1)
				if i%50 == 0 {
					n.metrics.Render()
				}
			}
		}(g)
	}
	all.Wait()
	for what, count := range map[string]func() (int64, error){
		"calls in flight":    func() (int64, error) { return n.endpoints.InFlight(0) },
		"requests in flight": func() (int64, error) { return n.service.Stat(ServiceInFlight) },
		"writes in batches":  func() (int64, error) { return n.cached.Stat(CachedStoreWriting) },
	} {
		if got, err := count(); got != 0 || err != nil {
			t.Error(what, got, err)
		}
	}
}
