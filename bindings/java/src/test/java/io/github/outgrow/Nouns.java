// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One of each noun, and a call that needs its handle. */
final class Nouns implements AutoCloseable {
  /**
   * @param resource what is closed @param call any call on it
   */
  record Noun(NativeResource resource, Runnable call) {
    String name() {
      return resource.getClass().getSimpleName();
    }
  }

  final List<Noun> all = new ArrayList<>();
  final Clock clock = add(Clock.manual(0), Clock::now);
  final RateLimiter limiter =
      add(RateLimiter.builder().rate("1/s").build(), RateLimiter::tryAcquire);
  final HttpLimit http =
      add(HttpLimit.builder().build(limiter), http -> http.client("192.0.2.1", ""));
  final CircuitBreaker breaker = add(CircuitBreaker.builder().build(), CircuitBreaker::enter);
  final ConcurrencyLimiter concurrency =
      add(ConcurrencyLimiter.builder().limit(1).build(), ConcurrencyLimiter::enter);
  final Endpoints endpoints = add(Endpoints.of("a", "b"), Endpoints::count);
  final Balancer balancer = add(Balancer.builder().build(endpoints), Balancer::pick);
  final Cache<String, byte[]> cache = add(Cache.builder().build(), cache -> cache.get("a"));
  final Store store = add(Store.builder().build(), store -> store.get("a"));
  final CachedStore<String, byte[]> cachedStore =
      add(CachedStore.builder().build(cache, store), cached -> cached.get("a"));
  final ReplicaRouter replicas = add(ReplicaRouter.builder().build(), ReplicaRouter::read);
  final ShardMap shards = add(ShardMap.builder().build(), map -> map.of("a"));
  final Gather gather = add(Gather.builder().build(), gather -> gather.start(1).close());
  final Gather.Query query = add(gather.start(1), Gather.Query::state);
  final AutoScaler scaler =
      add(AutoScaler.builder().initialInstances(1).build(), AutoScaler::decide);
  final Sizer sizer = add(Sizer.builder().build(), sizer -> sizer.observeCpu(1));
  final Capacity capacity = add(Capacity.builder().build(), capacity -> capacity.observe(1, 1));
  final Slo slo = add(Slo.builder().build(), slo -> slo.good(1));
  final Service service =
      add(Service.builder().build(), service -> service.begin(false, null, null));
  final Metrics metrics = add(Metrics.builder().build(), Metrics::render);

  private <N extends NativeResource> N add(N noun, Consumer<N> call) {
    all.add(new Noun(noun, () -> call.accept(noun)));
    return noun;
  }

  @Override
  public void close() {
    all.forEach(noun -> noun.resource().close());
  }
}
