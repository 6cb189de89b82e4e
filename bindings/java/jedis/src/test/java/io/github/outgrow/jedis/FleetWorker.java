// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.outgrow.Fleet;
import io.github.outgrow.Metrics;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;

/**
 * FleetWorker SETTINGS: tests/fleet/worker.py in Java, for tests/fleet/jedis_test.py.
 * System.nanoTime is CLOCK_MONOTONIC on Linux, as Python's time.monotonic.
 */
final class FleetWorker {
  private static final Gson GSON = new Gson();

  private final Fleet fleet;
  private final RateLimiter limiter;
  private final Metrics metrics;
  private final JedisPump pump;

  private FleetWorker(Fleet fleet, RateLimiter limiter, Metrics metrics, JedisPump pump) {
    this.fleet = fleet;
    this.limiter = limiter;
    this.metrics = metrics;
    this.pump = pump;
  }

  public static void main(String[] arguments) throws IOException {
    JsonObject settings = JsonParser.parseString(arguments[0]).getAsJsonObject();
    JsonElement password = settings.get("password");
    var config = DefaultJedisClientConfig.builder();
    if (!password.isJsonNull()) config.password(password.getAsString());
    var address = new HostAndPort("127.0.0.1", settings.get("port").getAsInt());
    try (JedisPooled client = new JedisPooled(address, config.build());
        Scope host = Scope.host(settings.get("segment").getAsString());
        Fleet fleet =
            Fleet.builder()
                .timeout(settings.getAsJsonObject("scope").get("timeout_ms").getAsString())
                .scope(host, settings.get("fleet").getAsString())
                .build();
        Scope machines = fleet.scope();
        RateLimiter limiter =
            RateLimiter.builder()
                .rate(settings.get("limit").getAsString())
                .burst(settings.getAsJsonObject("options").get("burst").getAsLong())
                .scope(machines, "calls")
                .build();
        Metrics metrics = Metrics.builder().build();
        JedisPump pump = JedisPump.builder(fleet).client(client).start()) {
      metrics.add("calls", limiter);
      metrics.add("fleet", machines);
      new FleetWorker(fleet, limiter, metrics, pump).serve();
    }
  }

  private void serve() throws IOException {
    spend(0.2, 1000, "another"); // so that the first calls that count are compiled
    System.out.println("ready");
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonArray words = JsonParser.parseString(line).getAsJsonArray();
      System.out.println(GSON.toJson(run(words.get(0).getAsString(), words)));
    }
  }

  private Object run(String command, JsonArray words) {
    return switch (command) {
      case "spend" -> spend(words.get(1).getAsDouble(), words.get(2).getAsLong(), "key");
      case "status" ->
          Map.of(
              "status",
              JsonParser.parseString(fleet.status()),
              "shown",
              List.of(metrics.render(), fleet.toString(), pump.toString(), fleet.status()));
      case "leave" -> {
        fleet.leave();
        pump.stop();
        yield Map.of();
      }
      default -> throw new IllegalArgumentException(command);
    };
  }

  /** Tries so many times a second: see worker.py. */
  private Map<String, Object> spend(double seconds, long perSecond, String key) {
    long pause = 1_000_000_000 / perSecond;
    List<long[]> admitted = new ArrayList<>();
    List<Long> taken = new ArrayList<>();
    long at = System.nanoTime();
    long end = at + (long) (seconds * 1e9);
    while (at < end) {
      long before = System.nanoTime();
      boolean passed = limiter.tryAcquire(key);
      long after = System.nanoTime();
      taken.add(after - before);
      if (passed) admitted.add(new long[] {after, after - before});
      at = Math.max(at + pause, after - 20 * pause);
      if (at > after) LockSupport.parkNanos(at - after);
    }
    return Map.of("admitted", admitted, "taken", taken);
  }
}
