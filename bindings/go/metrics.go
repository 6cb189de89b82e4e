// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"time"

	"github.com/outgrow/outgrow/bindings/go/internal/raw"
)

// MetricsContentType is what HTTP calls the text that [Metrics.Render] makes.
const MetricsContentType = "text/plain; version=0.0.4; charset=utf-8"

// Metrics is what the nouns count, and the program's own series, as Prometheus text. A noun is added under a
// name, which becomes its series' label; the registry keeps it until it is removed. Safe from every
// goroutine; Increment, Set and Observe are one crossing each, without an allocation.
type Metrics noun

// Series is one of the program's own.
type Series int32

// NewMetrics makes an empty registry. In a scope the program's own series are those of all processes.
func NewMetrics(o MetricsOptions) (*Metrics, error) {
	n, err := createIn("Metrics", &o, o.Scope, o.Name, nil, withoutClock(raw.Og_metrics_create_in), raw.Og_metrics_destroy)
	return (*Metrics)(n), err
}

// Close gives the registry up, and what it keeps.
func (m *Metrics) Close() error { return (*noun)(m).close() }

// AddBreaker shows a breaker under a name that no other has.
func (m *Metrics) AddBreaker(name string, b *CircuitBreaker) error {
	return m.add(name, (*noun)(b), raw.Og_metrics_add_breaker)
}

// AddConcurrency shows a concurrency limiter.
func (m *Metrics) AddConcurrency(name string, c *ConcurrencyLimiter) error {
	return m.add(name, (*noun)(c), raw.Og_metrics_add_concurrency)
}

// AddCache shows a cache; that of a [Cache] is its Bytes.
func (m *Metrics) AddCache(name string, c *BytesCache) error {
	return m.add(name, (*noun)(c), raw.Og_metrics_add_cache)
}

// AddStore shows a store.
func (m *Metrics) AddStore(name string, s *Store) error {
	return m.add(name, (*noun)(s), raw.Og_metrics_add_store)
}

// AddCachedStore shows a cached store.
func (m *Metrics) AddCachedStore(name string, c *CachedStore) error {
	return m.add(name, (*noun)(c), raw.Og_metrics_add_cached_store)
}

// AddAutoScaler shows an autoscaler.
func (m *Metrics) AddAutoScaler(name string, a *AutoScaler) error {
	return m.add(name, (*noun)(a), raw.Og_metrics_add_autoscaler)
}

// AddEndpoints shows endpoints.
func (m *Metrics) AddEndpoints(name string, e *Endpoints) error {
	return m.add(name, (*noun)(e), raw.Og_metrics_add_endpoints)
}

// AddBalancer shows a balancer.
func (m *Metrics) AddBalancer(name string, b *Balancer) error {
	return m.add(name, (*noun)(b), raw.Og_metrics_add_balancer)
}

// AddReplicas shows a replica router.
func (m *Metrics) AddReplicas(name string, r *ReplicaRouter) error {
	return m.add(name, (*noun)(r), raw.Og_metrics_add_replicas)
}

// AddShards shows a shard map.
func (m *Metrics) AddShards(name string, s *ShardMap) error {
	return m.add(name, (*noun)(s), raw.Og_metrics_add_shards)
}

// AddGather shows a gather.
func (m *Metrics) AddGather(name string, g *Gather) error {
	return m.add(name, (*noun)(g), raw.Og_metrics_add_gather)
}

// AddLimiter shows a rate limiter.
func (m *Metrics) AddLimiter(name string, l *RateLimiter) error {
	return m.add(name, (*noun)(l), raw.Og_metrics_add_limiter)
}

// AddScope shows a scope: its memory, objects and processes.
func (m *Metrics) AddScope(name string, s *Scope) error {
	return m.add(name, (*noun)(s), raw.Og_metrics_add_scope)
}

// AddService shows a service, with the nouns that it is made of.
func (m *Metrics) AddService(name string, s *Service) error {
	return m.add(name, (*noun)(s), raw.Og_metrics_add_service)
}

func (m *Metrics) add(name string, what *noun, add func(metrics uintptr, name string, what uintptr, failed *uintptr) int32) error {
	if err := plain("name", name); err != nil {
		return err
	}
	handle, done, err := what.lendRequired("noun")
	if err != nil {
		return err
	}
	defer done()
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	defer n.leave(s)
	var failed uintptr
	if status := add(n.handle, name, handle, &failed); status != 0 {
		return failure(status, failed)
	}
	return nil
}

// Remove takes away what was added under the name, of whatever kinds: how many.
func (m *Metrics) Remove(name string) (int64, error) {
	if err := plain("name", name); err != nil {
		return 0, err
	}
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	defer n.leave(s)
	return number(raw.Og_metrics_remove(n.handle, name), "name")
}

// Counter makes a counter of the program's own. name, ending in "_total", and help are the family's;
// instance becomes the label `name`, "" for a series without it. The same name and instance give the
// same series.
func (m *Metrics) Counter(name, help, instance string) (Series, error) {
	return m.define(name, help, instance, raw.Og_metrics_counter)
}

// Gauge makes a gauge of the program's own.
func (m *Metrics) Gauge(name, help, instance string) (Series, error) {
	return m.define(name, help, instance, raw.Og_metrics_gauge)
}

// Histogram makes a latency histogram of the program's own; its name best ends in "_seconds".
func (m *Metrics) Histogram(name, help, instance string) (Series, error) {
	return m.define(name, help, instance, raw.Og_metrics_histogram)
}

func (m *Metrics) define(name, help, instance string, define func(metrics uintptr, name, help, instance string, failed *uintptr) int32) (Series, error) {
	for argument, text := range map[string]string{"name": name, "help": help, "instance": instance} {
		if err := plain(argument, text); err != nil {
			return 0, err
		}
	}
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return 0, ErrClosed
	}
	defer n.leave(s)
	var failed uintptr
	id := define(n.handle, name, help, instance, &failed)
	if id < 0 {
		return 0, failure(id, failed)
	}
	return Series(id), nil
}

// Increment adds to a counter; by is not negative.
func (m *Metrics) Increment(counter Series, by int64) error {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.Og_metrics_increment(n.handle, int32(counter), by)
	n.leave(s)
	return done(status, "counter or by")
}

// Set sets a gauge.
func (m *Metrics) Set(gauge Series, value float64) error {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.Og_metrics_set(n.handle, int32(gauge), value)
	n.leave(s)
	return done(status, "gauge")
}

// Observe adds a latency to a histogram.
func (m *Metrics) Observe(histogram Series, latency time.Duration) error {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return ErrClosed
	}
	status := raw.Og_metrics_observe(n.handle, int32(histogram), int64(latency))
	n.leave(s)
	return done(status, "histogram or latency")
}

// Render is the text exposition format 0.0.4: serve it as [MetricsContentType].
func (m *Metrics) Render() (string, error) {
	n := (*noun)(m)
	s := n.enter()
	if s == nil {
		return "", ErrClosed
	}
	defer n.leave(s)
	var text, failed uintptr
	if status := raw.Og_metrics_render(n.handle, &text, &failed); status != 0 {
		return "", failure(status, failed)
	}
	defer raw.Og_text_destroy(text)
	return raw.Og_text_data(text), nil
}
