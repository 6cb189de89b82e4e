// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * Bad input to every noun: the error that Java's users expect, with the name of what is at fault.
 */
class BadInputTest {
  private static final Duration NEGATIVE = Duration.ofMillis(-1);
  private static final Duration ENDLESS = ChronoUnit.FOREVER.getDuration();

  private record Bad(
      String what, Class<? extends Throwable> thrown, String named, Executable call) {}

  private final List<Bad> table = new ArrayList<>();

  private void bad(String what, Class<? extends Throwable> thrown, String named, Executable call) {
    table.add(new Bad(what, thrown, named, call));
  }

  private void nulls(Nouns n) {
    bad("null key", NullPointerException.class, "key", () -> n.limiter.tryAcquire((String) null));
    bad("null bytes", NullPointerException.class, "key", () -> n.limiter.tryAcquire((byte[]) null));
    bad(
        "null among keys",
        NullPointerException.class,
        "keys",
        () -> n.limiter.tryAcquireMany(Arrays.asList("a", null)));
    bad("null call", NullPointerException.class, "call", () -> n.breaker.call(null));
    bad("null name", NullPointerException.class, "name", () -> n.endpoints.add(null, 1));
    bad(
        "null endpoints",
        NullPointerException.class,
        "endpoints",
        () -> Balancer.builder().build(null));
    bad("null key", NullPointerException.class, "key", () -> n.balancer.pick((String) null));
    bad("null key", NullPointerException.class, "key", () -> n.cache.get(null));
    bad("null value", NullPointerException.class, "value", () -> n.cache.set("a", null));
    bad(
        "null loader",
        NullPointerException.class,
        "loader",
        () -> n.cache.get("a", (Loader<String, byte[], Exception>) null));
    bad(
        "null codec",
        NullPointerException.class,
        "keys",
        () -> Cache.builder().build(null, Codec.bytes()));
    bad("null value", NullPointerException.class, "value", () -> n.store.set("a", null));
    bad("null store", NullPointerException.class, "custom", () -> Store.of(null));
    bad(
        "null store",
        NullPointerException.class,
        "store",
        () -> CachedStore.builder().build(n.cache, null));
    bad("null key", NullPointerException.class, "key", () -> n.cachedStore.get(null));
    bad("null timeout", NullPointerException.class, "timeout", () -> n.cachedStore.flush(null));
    bad("null key", NullPointerException.class, "key", () -> n.shards.of((String) null));
    bad("null map", NullPointerException.class, "to", () -> n.shards.moves(null));
    bad("null row", NullPointerException.class, "row", () -> n.query.row(0, null, null));
    bad(
        "null client",
        NullPointerException.class,
        "client",
        () -> n.service.read(null, "k", (server, node) -> null));
    bad(
        "null noun",
        NullPointerException.class,
        "limiter",
        () -> n.metrics.add("l", (RateLimiter) null));
    bad("null duration", NullPointerException.class, "by", () -> n.clock.advance(null));
    bad("null option", NullPointerException.class, "rate", () -> RateLimiter.builder().rate(null));
    bad(
        "null duration option",
        NullPointerException.class,
        "open_ms",
        () -> CircuitBreaker.builder().open((Duration) null));
    bad(
        "null choice",
        NullPointerException.class,
        "policy",
        () -> Balancer.builder().policy((BalancerOptions.Policy) null));
    bad("null layer", NullPointerException.class, "limiter", () -> Service.builder().limiter(null));
  }

  private void options(Nouns n) {
    bad("missing", OptionException.class, "rate", () -> RateLimiter.builder().build());
    bad("no rate", OptionException.class, "rate", () -> RateLimiter.builder().rate("fast").build());
    bad(
        "negative",
        OptionException.class,
        "burst",
        () -> RateLimiter.builder().rate("1/s").burst(-1).build());
    bad(
        "negative duration",
        OptionException.class,
        "open_ms",
        () -> CircuitBreaker.builder().open(NEGATIVE).build());
    bad(
        "eternal duration",
        OptionException.class,
        "open_ms",
        () -> CircuitBreaker.builder().open(Duration.ofSeconds(Long.MAX_VALUE)).build());
    bad(
        "unknown",
        OptionException.class,
        "failure_treshold",
        () -> CircuitBreaker.builder().option("failure_treshold", 1).build());
    bad(
        "too many",
        OptionException.class,
        "max_endpoints",
        () -> Endpoints.builder().maxEndpoints(0).build());
    bad(
        "no such policy",
        OptionException.class,
        "policy",
        () -> Balancer.builder().policy("best").build(n.endpoints));
    bad(
        "NaN",
        OptionException.class,
        "ttl_jitter",
        () -> Cache.builder().ttlJitter(Double.NaN).build());
    bad(
        "no size",
        OptionException.class,
        "capacity_bytes",
        () -> Cache.builder().capacityBytes("lots").build());
    bad("no such kind", OptionException.class, "kind", () -> Store.builder().kind("tape").build());
    bad(
        "too many",
        OptionException.class,
        "replicas",
        () -> ReplicaRouter.builder().replicas(64).build());
    bad("no shards", OptionException.class, "shards", () -> ShardMap.builder().shards(0).build());
    bad(
        "out of range",
        OptionException.class,
        "deadline_ms",
        () -> Gather.builder().deadline(NEGATIVE).build());
    bad(
        "duration beyond range",
        OptionException.class,
        "ttl_ms",
        () -> Cache.builder().ttl(ENDLESS).build());
    bad(
        "duration beyond range",
        OptionException.class,
        "ttl_ms",
        () -> Cache.builder().ttl(ENDLESS.negated()).build());
    bad(
        "duration beyond range",
        OptionException.class,
        "drain_ms",
        () -> CachedStore.builder().drain(ENDLESS).build(n.cache, n.store));
    bad(
        "negative duration",
        OptionException.class,
        "ttl_ms",
        () -> Cache.builder().ttl(Duration.ofNanos(-1)).build());
    bad(
        "rate beyond range",
        OptionException.class,
        "rate",
        () -> RateLimiter.builder().rate(1, ENDLESS).build());
    bad(
        "negative rate",
        OptionException.class,
        "rate",
        () -> RateLimiter.builder().rate(1, NEGATIVE).build());
    bad(
        "rate of no time",
        OptionException.class,
        "rate",
        () -> RateLimiter.builder().rate(1, Duration.ZERO).build());
    bad(
        "infinite",
        OptionException.class,
        "cpu_up",
        () -> AutoScaler.builder().cpuUp(1 / 0.0).build());
    bad(
        "no such number",
        OptionException.class,
        "buckets_per_octave",
        () -> Metrics.builder().bucketsPerOctave(3).build());
    bad(
        "a layer's",
        OptionException.class,
        "limiter.rate",
        () -> Service.builder().limiter(o -> o.rate("?")).build());
    bad(
        "unknown",
        OptionException.class,
        "mood",
        () -> Service.builder().option("mood", "good").build());
    bad(
        "half a pair in a text",
        IllegalArgumentException.class,
        "other half",
        () -> Store.builder().path("a\ud800b").build());
    bad(
        "half a pair in a name",
        IllegalArgumentException.class,
        "other half",
        () -> n.metrics.counter("a_total", "", "b\udc00"));
    bad(
        "U+0000 in a text",
        IllegalArgumentException.class,
        "U+0000",
        () -> Store.builder().path("a\0b").build());
  }

  private void arguments(Nouns n) {
    bad(
        "negative cost",
        InvalidArgumentException.class,
        "cost",
        () -> n.limiter.tryAcquire("a", -1));
    bad(
        "far time",
        InvalidArgumentException.class,
        "time",
        () -> {
          n.limiter.tryAcquireAt(new byte[0], 1, 0);
          n.limiter.tryAcquireAt(new byte[0], 1, Long.MAX_VALUE);
        });
    bad(
        "costs for other keys",
        IllegalArgumentException.class,
        "costs",
        () -> n.limiter.tryAcquireMany(List.of(), new long[1]));
    bad("no permit", InvalidArgumentException.class, "permit", () -> n.breaker.exit(-7, true));
    bad("empty name", InvalidArgumentException.class, "name", () -> n.endpoints.add("", 1));
    bad(
        "negative weight",
        InvalidArgumentException.class,
        "weight",
        () -> n.endpoints.add("c", -1));
    bad("no such index", InvalidArgumentException.class, "index", () -> n.endpoints.weight(99));
    bad(
        "NaN share",
        InvalidArgumentException.class,
        "share",
        () -> n.endpoints.latency(0, Double.NaN));
    bad(
        "negative latency",
        IllegalArgumentException.class,
        "latency",
        () -> n.balancer.release(1, true, NEGATIVE));
    bad("no ticket", InvalidArgumentException.class, "ticket", () -> n.balancer.release(-1, true));
    bad("negative count", IllegalArgumentException.class, "count", () -> n.balancer.pickMany(-1));
    bad(
        "negative ttl",
        IllegalArgumentException.class,
        "ttl",
        () -> n.cache.set("a", new byte[0], NEGATIVE));
    bad(
        "no weight",
        InvalidArgumentException.class,
        "weight",
        () -> n.cache.setWeighted("a", new byte[0], null, 0));
    bad(
        "ttl beyond range",
        IllegalArgumentException.class,
        "ttl",
        () -> n.cache.set("a", new byte[0], ENDLESS));
    bad(
        "latency beyond range",
        IllegalArgumentException.class,
        "latency",
        () -> n.balancer.release(1, true, ENDLESS));
    bad(
        "latency beyond range",
        IllegalArgumentException.class,
        "latency",
        () -> n.metrics.histogram("x_seconds", "", null).observe(ENDLESS));
    bad("time beyond range", IllegalArgumentException.class, "by", () -> n.clock.advance(ENDLESS));
    bad(
        "negative timeout",
        IllegalArgumentException.class,
        "timeout",
        () -> n.cachedStore.flush(NEGATIVE));
    bad("no such node", InvalidArgumentException.class, "node 9", () -> n.replicas.isHealthy(9));
    bad("by hash", InvalidArgumentException.class, "hash", () -> n.shards.split(new byte[1], 0));
    bad("too many", InvalidArgumentException.class, "shards", () -> n.shards.resize(65537));
    bad("not asked", InvalidArgumentException.class, "shard", () -> n.query.done(3));
    bad(
        "shard twice",
        InvalidArgumentException.class,
        "twice",
        () -> n.gather.start(new int[] {1, 1}));
    bad(
        "infinite",
        InvalidArgumentException.class,
        "infinite",
        () -> n.scaler.observe(1 / 0.0, 0, 0, 0, 0));
    bad("too many", InvalidArgumentException.class, "count", () -> n.scaler.setInstances(-1));
    bad(
        "rates for other times",
        IllegalArgumentException.class,
        "requestRates",
        () -> n.scaler.learn(new long[1], new double[2]));
    bad("no ticket", InvalidArgumentException.class, "ticket", () -> n.service.end(-1, true));
    bad("empty name", InvalidArgumentException.class, "name", () -> n.metrics.add("", n.limiter));
    bad(
        "no counter's name",
        InvalidArgumentException.class,
        "_total",
        () -> n.metrics.counter("x", "", null));
    bad(
        "negative",
        InvalidArgumentException.class,
        "by",
        () -> n.metrics.counter("x_total", "", null).increment(-1));
    bad(
        "negative",
        InvalidArgumentException.class,
        "latency",
        () -> n.metrics.histogram("x_seconds", "", null).observe(NEGATIVE));
    bad("back in time", InvalidArgumentException.class, "back", () -> n.clock.set(-1));
    bad("negative start", InvalidArgumentException.class, "", () -> Clock.manual(-1));
  }

  @TestFactory
  List<DynamicTest> isRefusedByName() {
    Nouns nouns = new Nouns();
    nulls(nouns);
    options(nouns);
    arguments(nouns);
    List<DynamicTest> tests = new ArrayList<>();
    for (Bad bad : table) {
      tests.add(
          DynamicTest.dynamicTest(
              bad.what + ": " + bad.named,
              () -> {
                Throwable thrown = assertThrows(bad.thrown, bad.call);
                assertNotNull(thrown.getMessage());
                assertTrue(thrown.getMessage().contains(bad.named), thrown.getMessage());
                if (thrown instanceof OptionException)
                  assertEquals(bad.named, ((OptionException) thrown).option());
              }));
    }
    tests.add(
        DynamicTest.dynamicTest(
            "nothing leaked",
            () -> {
              for (Nouns.Noun noun : nouns.all) noun.call().run();
              nouns.close();
            }));
    return tests;
  }

  /** A key of 64 MiB is a key; what it does not fit into says so. */
  @TestFactory
  List<DynamicTest> hugeKeys() {
    byte[] huge = new byte[64 << 20];
    return List.of(
        DynamicTest.dynamicTest(
            "limiter",
            () -> {
              try (RateLimiter limiter = RateLimiter.builder().rate("1/h").build()) {
                assertTrue(limiter.tryAcquire(huge));
                assertTrue(!limiter.tryAcquire(huge));
              }
            }),
        DynamicTest.dynamicTest(
            "cache",
            () -> {
              try (Cache<byte[], byte[]> cache =
                  Cache.builder().build(Codec.bytes(), Codec.bytes())) {
                assertEquals(Stored.FULL, cache.set(huge, new byte[1]));
                assertEquals(Stored.FULL, cache.set(new byte[1], huge));
                assertEquals(Lookup.Outcome.MISS, cache.lookup(huge).outcome());
              }
            }),
        DynamicTest.dynamicTest(
            "shards",
            () -> {
              try (ShardMap map = ShardMap.builder().shards(7).build()) {
                assertEquals(map.of(huge), map.ofMany(List.of(huge))[0]);
              }
            }));
  }
}
