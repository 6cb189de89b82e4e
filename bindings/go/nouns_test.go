// SPDX-License-Identifier: Apache-2.0

package outgrow

import (
	"testing"
	"time"
)

// One of each noun, over one manual clock.
type nouns struct {
	clock      *Clock
	limiter    *RateLimiter
	breaker    *CircuitBreaker
	concurrent *ConcurrencyLimiter
	endpoints  *Endpoints
	balancer   *Balancer
	cache      *BytesCache
	typed      *Cache[string, int]
	store      *Store
	batch      *Batch
	cached     *CachedStore
	replicas   *ReplicaRouter
	shards     *ShardMap
	gather     *Gather
	query      *Query
	autoscaler *AutoScaler
	capacity   *Capacity
	sizer      *Sizer
	slo        *Slo
	metrics    *Metrics
	service    *Service
	scope      *Scope
}

func everyNoun(t testing.TB) nouns {
	c := manual(t)
	n := nouns{clock: c, limiter: limiter(t, "5/s")}
	var err error
	n.breaker, err = NewCircuitBreaker(CircuitBreakerOptions{Clock: c})
	made(t, n.breaker, err)
	n.concurrent = concurrency(t, ConcurrencyLimiterOptions{Limit: 2, Clock: c})
	n.endpoints, err = NewEndpoints(EndpointsOptions{})
	made(t, n.endpoints, err)
	if _, err = n.endpoints.Add("a", 1, ""); err != nil {
		t.Fatal(err)
	}
	n.balancer, err = NewBalancer(BalancerOptions{Clock: c}, n.endpoints)
	made(t, n.balancer, err)
	n.cache, err = NewBytesCache(CacheOptions{Clock: c})
	made(t, n.cache, err)
	n.typed, err = NewCache[string](CacheOptions{Clock: c}, JSON[int]())
	made(t, n.typed, err)
	n.store, err = NewStore(StoreOptions{Clock: c})
	made(t, n.store, err)
	n.batch, err = NewBatch()
	made(t, n.batch, err)
	n.cached, err = NewCachedStore(CachedStoreOptions{Mode: CachedStoreModeBehind}, n.cache, n.store)
	made(t, n.cached, err)
	n.replicas, err = NewReplicaRouter(ReplicaRouterOptions{Clock: c})
	made(t, n.replicas, err)
	n.shards, err = NewShardMap(ShardMapOptions{Shards: 8})
	made(t, n.shards, err)
	n.gather, err = NewGather(GatherOptions{Clock: c})
	made(t, n.gather, err)
	n.query, err = n.gather.StartAll(2)
	made(t, n.query, err)
	n.autoscaler, err = NewAutoScaler(AutoScalerOptions{InitialInstances: 1, Clock: c})
	made(t, n.autoscaler, err)
	n.capacity, err = NewCapacity(CapacityOptions{Service: time.Minute})
	made(t, n.capacity, err)
	n.sizer, err = NewSizer(SizerOptions{})
	made(t, n.sizer, err)
	n.slo, err = NewSlo(SloOptions{Clock: c})
	made(t, n.slo, err)
	n.metrics, err = NewMetrics(MetricsOptions{})
	made(t, n.metrics, err)
	n.service, err = NewService(ServiceOptions{Servers: "a, b", Limiter: &RateLimiterOptions{Rate: "5/s"},
		Breaker: &CircuitBreakerOptions{}, Cache: &CacheOptions{}, Replicas: &ReplicaRouterOptions{}, Clock: c})
	made(t, n.service, err)
	n.scope, _ = hostScope(t, ScopeOptions{})
	return n
}
