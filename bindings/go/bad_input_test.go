// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

type maker func(named map[string]string) (interface{ Close() error }, error)

var makers = map[string]maker{
	"RateLimiter": func(n map[string]string) (interface{ Close() error }, error) {
		return NewRateLimiter(RateLimiterOptions{Rate: "5/s", Named: n})
	},
	"CircuitBreaker": func(n map[string]string) (interface{ Close() error }, error) {
		return NewCircuitBreaker(CircuitBreakerOptions{Named: n})
	},
	"Endpoints": func(n map[string]string) (interface{ Close() error }, error) {
		return NewEndpoints(EndpointsOptions{Named: n})
	},
	"Cache": func(n map[string]string) (interface{ Close() error }, error) {
		return NewCache[string](CacheOptions{Named: n}, Text())
	},
	"Store": func(n map[string]string) (interface{ Close() error }, error) {
		return NewStore(StoreOptions{Named: n})
	},
	"ReplicaRouter": func(n map[string]string) (interface{ Close() error }, error) {
		return NewReplicaRouter(ReplicaRouterOptions{Named: n})
	},
	"ShardMap": func(n map[string]string) (interface{ Close() error }, error) {
		return NewShardMap(ShardMapOptions{Named: n})
	},
	"Gather": func(n map[string]string) (interface{ Close() error }, error) {
		return NewGather(GatherOptions{Named: n})
	},
	"AutoScaler": func(n map[string]string) (interface{ Close() error }, error) {
		return NewAutoScaler(AutoScalerOptions{Named: n})
	},
	"Metrics": func(n map[string]string) (interface{ Close() error }, error) {
		return NewMetrics(MetricsOptions{Named: n})
	},
	"Scope": func(n map[string]string) (interface{ Close() error }, error) {
		return HostScope("/outgrow-never-made", ScopeOptions{Named: n})
	},
	"Service": func(n map[string]string) (interface{ Close() error }, error) {
		return NewService(ServiceOptions{Named: n})
	},
}

func TestUnknownOptionOfEveryNoun(t *testing.T) {
	for kind, make := range makers {
		_, err := make(map[string]string{"no_such": "1"})
		wants(t, kind, err, ErrUnknownOption, "no_such")
	}
}

func TestCheck(t *testing.T) {
	if err := Check("limiter", map[string]string{"rate": "100/s", "burst": "5"}); err != nil {
		t.Error(err)
	}
	wants(t, "unknown", Check("limiter", map[string]string{"rate": "100/s", "brust": "5"}), ErrUnknownOption, "brust")
	wants(t, "bad", Check("breaker", map[string]string{"open_ms": "soon"}), ErrBadValue, "open_ms")
	if err := Check("kettle", nil); !errors.Is(err, ErrInvalidArgument) {
		t.Error(err)
	}
	if text, err := Describe("limiter"); err != nil || !strings.Contains(text, `"burst"`) {
		t.Error(text, err)
	}
}

func TestNULInAnOption(t *testing.T) {
	_, err := NewRateLimiter(RateLimiterOptions{Rate: "5/s\x00"})
	wants(t, "rate", err, ErrInvalidArgument, "rate")
	_, err = NewCircuitBreaker(CircuitBreakerOptions{Named: map[string]string{"open_ms\x00": "1"}})
	wants(t, "name", err, ErrInvalidArgument, "open_ms\x00")
	_, err = NewCircuitBreaker(CircuitBreakerOptions{Named: map[string]string{"open_ms\x00": ""}})
	wants(t, "name without a value", err, ErrInvalidArgument, "open_ms\x00")
}

func TestBadValues(t *testing.T) {
	clock := manual(t)
	closed := manual(t)
	closed.Close()
	for option, make := range map[string]func() (interface{ Close() error }, error){
		"rate": func() (interface{ Close() error }, error) { return NewRateLimiter(RateLimiterOptions{}) },
		"burst": func() (interface{ Close() error }, error) {
			return NewRateLimiter(RateLimiterOptions{Rate: "5/s", Burst: -1})
		},
		"open_ms": func() (interface{ Close() error }, error) {
			return NewCircuitBreaker(CircuitBreakerOptions{Open: -time.Nanosecond})
		},
		"ttl_jitter": func() (interface{ Close() error }, error) {
			return NewBytesCache(CacheOptions{TTLJitter: math.NaN()})
		},
		"cpu_up": func() (interface{ Close() error }, error) {
			return NewAutoScaler(AutoScalerOptions{CPUUp: math.NaN()})
		},
		"policy": func() (interface{ Close() error }, error) {
			return NewReplicaRouter(ReplicaRouterOptions{Policy: "best"})
		},
		"deadline_ms": func() (interface{ Close() error }, error) {
			return NewGather(GatherOptions{Deadline: math.MinInt64})
		},
		"limiter.burst": func() (interface{ Close() error }, error) {
			return NewService(ServiceOptions{Limiter: &RateLimiterOptions{Rate: "5/s", Burst: math.MaxInt64}})
		},
	} {
		_, err := make()
		wants(t, option, err, ErrBadValue, option)
	}
	_, err := NewService(ServiceOptions{Cache: &CacheOptions{Clock: clock}})
	wants(t, "a layer's clock", err, ErrInvalidArgument, "cache.capacity_bytes")
	if _, err := NewRateLimiter(RateLimiterOptions{Rate: "5/s", Clock: closed}); err != ErrClosed {
		t.Error(err)
	}
}

func wants(t *testing.T, what string, err, is error, option string) {
	t.Helper()
	var e *Error
	if !errors.Is(err, is) || !errors.As(err, &e) || e.Option != option || e.Message == "" {
		t.Errorf("%s: %v, option %q", what, err, e)
	}
}

func TestNilNouns(t *testing.T) {
	n := everyNoun(t)
	for what, err := range map[string]error{
		"endpoints": second(NewBalancer(BalancerOptions{}, nil)),
		"cache":     second(NewCachedStore(CachedStoreOptions{}, nil, n.store)),
		"store":     second(NewCachedStore(CachedStoreOptions{}, n.cache, nil)),
		"backend":   second(NewCustomStore(nil, nil)),
		"codec":     second(NewCache[string, int](CacheOptions{}, nil)),
		"batch":     n.store.BatchWrite(nil),
		"next":      n.shards.Assign(nil),
		"noun":      n.metrics.AddCache("x", nil),
	} {
		wants(t, what, err, ErrInvalidArgument, what)
	}
}

func second[T any](_ T, err error) error { return err }

func TestBadArguments(t *testing.T) {
	n := everyNoun(t)
	long := strings.Repeat("k", 1<<20)
	infinite := math.Inf(1)
	for what, err := range map[string]error{
		"negative cost":        second(n.limiter.Acquire("k", -1)),
		"waits too short":      second(n.limiter.AcquireMany([]string{"a", "b"}, nil, make([]time.Duration, 1))),
		"no such stat":         second(n.limiter.Stat(99)),
		"permit of nobody's":   second(n.breaker.Exit(-7, true)),
		"clock stepping back":  n.clock.Set(-1),
		"empty name":           second(n.endpoints.Add("", 1, "")),
		"name with NUL":        second(n.endpoints.Add("a\x00b", 1, "")),
		"absurd weight":        second(n.endpoints.Add("c", -1, "")),
		"no such endpoint":     n.endpoints.SetHealthy(99, true),
		"NaN share":            second(n.endpoints.Latency(0, math.NaN())),
		"ticket of nobody's":   second(n.balancer.Release(0, true, Measured)),
		"picks too short":      n.balancer.PickMany([]string{"a"}, nil),
		"negative TTL":         second(n.cache.Set("k", nil, -2)),
		"no such node":         n.replicas.SetHealthy(99, true),
		"resize to none":       n.shards.Resize(0),
		"split by hash":        n.shards.Split("k", 1),
		"shard not asked":      second(n.query.Row(7, "", "row")),
		"shard asked twice":    second(n.gather.Start([]int32{1, 1})),
		"rows without keys":    second(n.query.RowMany(0, []string{"k"}, nil)),
		"infinite metric":      n.autoscaler.Observe(Sample{CPUUtilization: infinite}),
		"rates too few":        second(n.autoscaler.Learn(make([]time.Duration, 2), nil)),
		"negative count":       n.autoscaler.SetInstances(-1),
		"no concurrency":       n.capacity.Observe(0.5, 1),
		"NaN utilization":      n.capacity.ObserveUtilization(1, math.NaN()),
		"negative rate":        second(n.capacity.Staff(-1)),
		"no instances":         second(n.capacity.Waiting(0, 1)),
		"infinite rate":        second(n.capacity.Blocking(1, infinite)),
		"negative cores":       n.sizer.ObserveCPU(-1),
		"NaN bytes":            n.sizer.ObserveMemory(math.NaN()),
		"infinite limit":       n.sizer.ObserveOOM(infinite),
		"bad series name":      second(n.metrics.Counter("no spaces", "", "")),
		"negative increment":   n.metrics.Increment(0, -1),
		"added twice":          addedTwice(n),
		"no such operation":    second(n.service.Begin(9, "", "")),
		"no such service stat": second(n.service.Stat(-1)),
		"batch of nobody's":    n.cached.BatchDone(n.batch, nil),
	} {
		if !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Long keys are keys.
	if _, err := n.limiter.Acquire(long, 1); err != nil {
		t.Error(err)
	}
	if _, err := n.cache.Set(long, []byte(long), 0); err != nil {
		t.Error(err)
	}
	if got, _, err := n.cache.Get(long, nil); string(got) != long || err != nil {
		t.Error(len(got), err)
	}
	if _, err := n.shards.Of(long); err != nil {
		t.Error(err)
	}
}

func addedTwice(n nouns) error {
	n.metrics.AddBreaker("twice", n.breaker)
	return n.metrics.AddBreaker("twice", n.breaker)
}

// Every noun, closed, answers ErrClosed.
func TestClosedNouns(t *testing.T) {
	n := everyNoun(t)
	for _, noun := range []interface{ Close() error }{n.limiter, n.breaker, n.concurrent, n.balancer, n.endpoints, n.cached,
		n.cache, n.typed, n.store, n.batch, n.replicas, n.shards, n.query, n.gather, n.autoscaler, n.capacity, n.sizer, n.slo, n.metrics,
		n.service, n.scope, n.clock} {
		if err := noun.Close(); err != nil {
			t.Error(err)
		}
	}
	for what, err := range map[string]error{
		"clock": second(n.clock.Now()), "limiter": second(n.limiter.Acquire("k", 1)),
		"concurrency": second(n.concurrent.Enter()),
		"breaker":     second(n.breaker.Enter()), "endpoints": second(n.endpoints.Count()),
		"balancer": second(n.balancer.Pick("k")), "cache": second(n.cache.GetOrLease("k")),
		"typed": second(n.typed.Set("k", 1, 0)), "store": n.store.Set("k", nil),
		"batch": n.batch.Set("k", nil), "cached": n.cached.Set("k", nil),
		"replicas": second(n.replicas.Read()), "shards": second(n.shards.Of("k")),
		"gather": second(n.gather.StartAll(1)), "query": second(n.query.Refused()),
		"autoscaler": second(n.autoscaler.Decide()), "metrics": second(n.metrics.Render()),
		"capacity": second(n.capacity.Fit()),
		"sizer":    second(n.sizer.Recommend()),
		"service":  second(n.service.Begin(ServiceRead, "", "")),
		"scope":    second(n.scope.Stat(ScopeBytes)),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A duration below zero is refused by the option's name, whether it is whole milliseconds or not.
func TestNegativeDurations(t *testing.T) {
	for _, d := range []time.Duration{-1, -time.Millisecond, math.MinInt64} {
		_, ttl := NewBytesCache(CacheOptions{TTL: d})
		wants(t, "TTL", ttl, ErrBadValue, "ttl_ms")
		_, open := NewCircuitBreaker(CircuitBreakerOptions{Open: d})
		wants(t, "Open", open, ErrBadValue, "open_ms")
		_, deadline := NewGather(GatherOptions{Deadline: d})
		wants(t, "Deadline", deadline, ErrBadValue, "deadline_ms")
		_, layer := NewService(ServiceOptions{Cache: &CacheOptions{Lease: d}})
		wants(t, "a layer's Lease", layer, ErrBadValue, "cache.lease_ms")
	}
}
