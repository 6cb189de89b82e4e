// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static final Map<String, Supplier<Options<?>>> BUILDERS =
      Map.ofEntries(
          Map.entry("limiter", RateLimiter::builder),
          Map.entry("http", HttpLimit::builder),
          Map.entry("breaker", CircuitBreaker::builder),
          Map.entry("concurrency", ConcurrencyLimiter::builder),
          Map.entry("endpoints", Endpoints::builder),
          Map.entry("balancer", Balancer::builder),
          Map.entry("cache", Cache::builder),
          Map.entry("store", Store::builder),
          Map.entry("cached_store", CachedStore::builder),
          Map.entry("replicas", ReplicaRouter::builder),
          Map.entry("shards", ShardMap::builder),
          Map.entry("gather", Gather::builder),
          Map.entry("fleet", Fleet::builder),
          Map.entry("autoscaler", AutoScaler::builder),
          Map.entry("capacity", Capacity::builder),
          Map.entry("sizer", Sizer::builder),
          Map.entry("slo", Slo::builder),
          Map.entry("service", Service::builder),
          Map.entry("metrics", Metrics::builder),
          Map.entry("scope", () -> Scope.builder("/outgrow")));

  /** What the library says of its options, each has a setter of its type. */
  @Test
  void everyOptionHasItsSetter() {
    int options = 0;
    for (JsonElement noun : JsonParser.parseString(Outgrow.describe(null)).getAsJsonArray()) {
      Class<?> builder =
          BUILDERS.get(noun.getAsJsonObject().get("noun").getAsString()).get().getClass();
      for (JsonElement element : noun.getAsJsonObject().getAsJsonArray("options")) {
        JsonObject option = element.getAsJsonObject();
        String name = option.get("name").getAsString();
        if (name.contains(".")) continue; // a layer's, which its own noun has
        ++options;
        String setter = camel(name.replaceFirst("_ms$", ""));
        Class<?> type =
            switch (option.get("type").getAsString()) {
              case "duration" -> Duration.class;
              case "bool" -> boolean.class;
              case "double" -> double.class;
              case "bytes" -> long.class;
              case "rate", "string" -> String.class;
              case "enum" ->
                  option.get("choices").getAsString().matches("[0-9|]+") ? int.class : String.class;
              default -> null; // int or long, by its range
            };
        assertTrue(
            Arrays.stream(builder.getMethods())
                .anyMatch(
                    method ->
                        method.getName().equals(setter)
                            && method.getParameterCount() == 1
                            && fits(method, type)),
            name + " of " + builder);
      }
    }
    assertTrue(options > 80, "options: " + options);
  }

  private static boolean fits(Method method, Class<?> type) {
    Class<?> takes = method.getParameterTypes()[0];
    return type == null ? takes == int.class || takes == long.class : takes == type;
  }

  private static String camel(String name) {
    StringBuilder out = new StringBuilder();
    for (String part : name.split("_")) {
      out.append(
          out.length() == 0 ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
    }
    return out.toString();
  }

  @Test
  void durationsKeepTheirNanoseconds() {
    try (Clock clock = Clock.manual(0);
        RateLimiter limiter =
            RateLimiter.builder().rate(3, Duration.ofNanos(1500)).burst(1).clock(clock).build();
        CircuitBreaker breaker =
            CircuitBreaker.builder()
                .failureThreshold(1)
                .open(Duration.ofNanos(2_500_001))
                .clock(clock)
                .build()) {
      limiter.tryAcquire("a");
      assertEquals(500, limiter.tryAcquireNanos("a", 1));
      breaker.exit(breaker.enter(), false);
      assertEquals(Duration.ofNanos(2_500_001), breaker.retryAfter());
    }
  }

  @Test
  void durationsAreTypedWhereverTheyAreTaken() {
    try (Clock clock = Clock.manual(Duration.ofSeconds(1));
        CircuitBreaker breaker =
            CircuitBreaker.builder()
                .failureThreshold(1)
                .option("open_ms", Duration.ofSeconds(30))
                .clock(clock)
                .build()) {
      breaker.exit(breaker.enter(), false);
      clock.set(Duration.ofSeconds(21));
      assertEquals(Duration.ofSeconds(10), breaker.retryAfter());
      assertEquals(Duration.ofSeconds(9), breaker.retryAfterAt(clock.now() + 1_000_000_000));
      assertThrows(OutgrowException.class, () -> clock.set(Duration.ZERO));
      assertThrows(IllegalArgumentException.class, () -> clock.set(Duration.ofDays(1_000_000)));
    }
  }

  @Test
  void aFractionIsNoCount() {
    OptionException refused =
        assertThrows(
            OptionException.class,
            () -> Cache.builder().option("capacity_bytes", 1.5).build(Codec.text(), Codec.text()));
    assertEquals("capacity_bytes", refused.option());
    assertTrue(refused.getMessage().contains("'1.5'"), refused.getMessage());
  }

  @Test
  void layersTakeTheirNounsOptions() {
    try (Service service =
        Service.builder()
            .servers("a=5, b")
            .maxInFlight(1)
            .limiter(o -> o.rate("2/h"))
            .breaker(o -> o.failureThreshold(1).open("1h"))
            .balancer(o -> o.policy(BalancerOptions.Policy.WEIGHTED_ROUND_ROBIN))
            .build()) {
      service.limiter().orElseThrow().close();
      service.breaker(1).orElseThrow().close();
      assertFalse(service.cache().isPresent());
      assertFalse(service.replicas().isPresent());
    }
  }

  @Test
  void theLaterValueHolds() {
    try (ShardMap map = ShardMap.builder().shards(3).option("shards", "5").build()) {
      assertEquals(5, map.count());
    }
  }
}
