// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawMetrics;
import java.time.Duration;
import java.util.Objects;

/**
 * What the nouns count, as Prometheus text, with series of your own beside them.
 *
 * <p>Nouns are added under a name, which becomes their series' label {@code name}; a name not
 * empty, and none that another of the kind has. They are kept alive until they are removed. Safe
 * from every thread.
 */
public final class Metrics extends NativeResource {
  /** What to serve {@link #render} as. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  final RawMetrics raw;

  Metrics(RawMetrics raw) {
    super(raw);
    this.raw = raw;
  }

  /**
   * Starts to make a registry.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  // ---- nouns ----

  /**
   * Adds a rate limiter.
   *
   * @param name under this name
   * @param limiter kept until it is removed
   */
  public void add(String name, RateLimiter limiter) {
    raw.addLimiter(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(limiter, "limiter").raw);
  }

  /**
   * Adds a circuit breaker.
   *
   * @param name under this name
   * @param breaker kept until it is removed
   */
  public void add(String name, CircuitBreaker breaker) {
    raw.addBreaker(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(breaker, "breaker").raw);
  }

  /**
   * Adds a concurrency limiter.
   *
   * @param name under this name
   * @param limiter kept until it is removed
   */
  public void add(String name, ConcurrencyLimiter limiter) {
    raw.addConcurrency(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(limiter, "limiter").raw);
  }

  /**
   * Adds endpoints.
   *
   * @param name under this name
   * @param endpoints kept until it is removed
   */
  public void add(String name, Endpoints endpoints) {
    raw.addEndpoints(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(endpoints, "endpoints").raw);
  }

  /**
   * Adds a balancer.
   *
   * @param name under this name
   * @param balancer kept until it is removed
   */
  public void add(String name, Balancer balancer) {
    raw.addBalancer(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(balancer, "balancer").raw);
  }

  /**
   * Adds a cache.
   *
   * @param name under this name
   * @param cache kept until it is removed
   */
  public void add(String name, Cache<?, ?> cache) {
    raw.addCache(Objects.requireNonNull(name, "name"), Objects.requireNonNull(cache, "cache").raw);
  }

  /**
   * Adds a store.
   *
   * @param name under this name
   * @param store kept until it is removed
   */
  public void add(String name, Store store) {
    raw.addStore(Objects.requireNonNull(name, "name"), Objects.requireNonNull(store, "store").raw);
  }

  /**
   * Adds a cached store.
   *
   * @param name under this name
   * @param store kept until it is removed
   */
  public void add(String name, CachedStore<?, ?> store) {
    raw.addCachedStore(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(store, "store").raw);
  }

  /**
   * Adds a replica router.
   *
   * @param name under this name
   * @param replicas kept until it is removed
   */
  public void add(String name, ReplicaRouter replicas) {
    raw.addReplicas(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(replicas, "replicas").raw);
  }

  /**
   * Adds a shard map.
   *
   * @param name under this name
   * @param shards kept until it is removed
   */
  public void add(String name, ShardMap shards) {
    raw.addShards(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(shards, "shards").raw);
  }

  /**
   * Adds a gather.
   *
   * @param name under this name
   * @param gather kept until it is removed
   */
  public void add(String name, Gather gather) {
    raw.addGather(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(gather, "gather").raw);
  }

  /**
   * Adds an autoscaler.
   *
   * @param name under this name
   * @param autoscaler kept until it is removed
   */
  public void add(String name, AutoScaler autoscaler) {
    raw.addAutoscaler(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(autoscaler, "autoscaler").raw);
  }

  /**
   * Adds a scope.
   *
   * @param name under this name
   * @param scope kept until it is removed
   */
  public void add(String name, Scope scope) {
    raw.addScope(Objects.requireNonNull(name, "name"), Objects.requireNonNull(scope, "scope").raw);
  }

  /**
   * Adds a service.
   *
   * @param name under this name
   * @param service kept until it is removed
   */
  public void add(String name, Service service) {
    raw.addService(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(service, "service").raw);
  }

  /**
   * Removes what was added under a name, of whatever kinds.
   *
   * @param name the name
   * @return how many
   */
  public long remove(String name) {
    return Status.check(raw.remove(Objects.requireNonNull(name, "name")), "name");
  }

  // ---- series of your own ----

  /**
   * A counter of your own. The same name and instance give the same one.
   *
   * @param name letters, digits and '_', ending in "_total"
   * @param help one line on the family
   * @param instance becomes the label {@code name}; null for a series without it
   * @return a counter
   */
  public Counter counter(String name, String help, String instance) {
    return new Counter(
        raw.counter(
            Objects.requireNonNull(name, "name"), Objects.requireNonNull(help, "help"), instance));
  }

  /**
   * A gauge of your own. The same name and instance give the same one.
   *
   * @param name letters, digits and '_'
   * @param help one line on the family
   * @param instance becomes the label {@code name}; null for a series without it
   * @return a gauge
   */
  public Gauge gauge(String name, String help, String instance) {
    return new Gauge(
        raw.gauge(
            Objects.requireNonNull(name, "name"), Objects.requireNonNull(help, "help"), instance));
  }

  /**
   * A histogram of latencies of your own. The same name and instance give the same one.
   *
   * @param name letters, digits and '_', best ending in "_seconds"
   * @param help one line on the family
   * @param instance becomes the label {@code name}; null for a series without it
   * @return a histogram
   */
  public Histogram histogram(String name, String help, String instance) {
    return new Histogram(
        raw.histogram(
            Objects.requireNonNull(name, "name"), Objects.requireNonNull(help, "help"), instance));
  }

  /** A number that only grows. */
  public final class Counter {
    private final int id;

    private Counter(int id) {
      this.id = id;
    }

    /** Adds 1. */
    public void increment() {
      increment(1);
    }

    /**
     * Adds.
     *
     * @param by at least 0
     */
    public void increment(long by) {
      Status.check(raw.increment(id, by), "by is negative: ", by);
    }
  }

  /** A number that goes up and down. */
  public final class Gauge {
    private final int id;

    private Gauge(int id) {
      this.id = id;
    }

    /**
     * Sets it.
     *
     * @param value any number
     */
    public void set(double value) {
      Status.check(raw.set(id, value), "value");
    }
  }

  /** Latencies, counted by their size. */
  public final class Histogram {
    private final int id;

    private Histogram(int id) {
      this.id = id;
    }

    /**
     * Counts one.
     *
     * @param latency at least 0
     */
    public void observe(Duration latency) {
      observeNanos(Bytes.nanos(latency, "latency"));
    }

    /**
     * Counts one.
     *
     * @param nanos in ns, at least 0
     */
    public void observeNanos(long nanos) {
      Status.check(raw.observe(id, nanos), "latency is negative, in ns: ", nanos);
    }
  }

  /**
   * Everything, in the text exposition format 0.0.4.
   *
   * @return lines, to serve as {@link #CONTENT_TYPE}
   */
  public String render() {
    return raw.render();
  }

  /** Makes {@link Metrics}. */
  public static final class Builder extends MetricsOptions<Builder> {
    private Place place;

    Builder() {}

    /**
     * Makes it in a scope, where its own series are those of every process that makes it under this
     * name.
     *
     * @param scope where
     * @param name of at most 99 bytes
     * @return this builder
     */
    public Builder scope(Scope scope, String name) {
      this.place = new Place(scope, name);
      return this;
    }

    /**
     * Makes the registry, empty.
     *
     * @return a registry, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Metrics build() {
      return new Metrics(
          create(
              config ->
                  place == null
                      ? RawMetrics.create(config)
                      : RawMetrics.createIn(place.scope, place.name, config)));
    }
  }
}
