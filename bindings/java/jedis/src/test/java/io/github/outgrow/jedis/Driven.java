// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.JedisSentineled;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;

/**
 * Pumps over {@link Scripted} fleets, for tests/fleet/jedis_test.py: lines of words in, lines of
 * words out. Ends with its input.
 */
final class Driven {
  /** A pump, what it carries, and the client, to be closed. */
  private record Open(Scripted fleet, JedisPump pump, AutoCloseable client) {}

  private static final Map<String, Open> OPEN = new HashMap<>();

  private Driven() {}

  static synchronized void print(Object... words) {
    System.out.println(Arrays.stream(words).map(String::valueOf).collect(Collectors.joining("\t")));
  }

  public static void main(String[] arguments) throws Exception {
    var lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII)).lines();
    for (String line : (Iterable<String>) lines::iterator) run(line.split("\t", -1));
  }

  private static void run(String[] words) throws Exception {
    String name = words[1];
    Open open = OPEN.get(name);
    switch (words[0]) {
      case "open" -> OPEN.put(name, open(name, words[2], words[3], words[4], words[5]));
      case "due" -> open.fleet.give(text(words[2]));
      case "always" -> open.fleet.alwaysDue = true;
      case "deaf" -> open.fleet.deaf = !open.fleet.deaf;
      case "waits" -> print("waits", name, open.fleet.waits);
      case "stop" -> open.pump.stop();
      case "start" -> open.pump.start();
      case "step" -> print("stepped", name, open.pump.step(Duration.ofSeconds(5)));
      case "interrupt" -> pumpThreads().forEach(Thread::interrupt);
      case "refusals" -> print("refusals", name, Refusals.all(open.pump));
      case "threads" -> print("threads", name, threads(), open.pump.isRunning());
      case "close" -> {
        OPEN.remove(name).pump.close();
        open.client.close();
        print("closed", name);
      }
      default -> throw new IOException(words[0]);
    }
  }

  private static Stream<Thread> pumpThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("outgrow-fleet"));
  }

  private static String threads() {
    return pumpThreads()
        .map(thread -> thread.getName() + (thread.isDaemon() ? " daemon" : ""))
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static String text(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.US_ASCII);
  }

  private static Open open(String name, String kind, String millis, String port, String password)
      throws ReflectiveOperationException {
    Scripted fleet = new Scripted(name);
    var builder = new JedisPump.Builder(fleet).timeout(Duration.ofMillis(Long.parseLong(millis)));
    HostAndPort address = new HostAndPort("127.0.0.1", Integer.parseInt(port));
    var settings = DefaultJedisClientConfig.builder().socketTimeoutMillis(20_000);
    if (!password.isEmpty()) settings.password(password);
    AutoCloseable client =
        switch (kind) {
          case "provider" -> {
            var provider = new PooledConnectionProvider(address, settings.build());
            builder.provider(provider);
            yield provider;
          }
          case "busy" -> { // all of whose connections the program has
            var pool = new GenericObjectPoolConfig<Connection>();
            pool.setMaxTotal(1);
            var provider = new PooledConnectionProvider(address, settings.build(), pool);
            provider.getConnection().ping();
            builder.provider(provider);
            yield provider;
          }
          case "client" -> over(builder, address, settings.build());
          case "client, RESP3" ->
              over(builder, address, settings.protocol(RedisProtocol.RESP3).build());
          case "RedisClient" -> { // of Jedis 7.2 and later
            var create =
                Class.forName("redis.clients.jedis.RedisClient")
                    .getMethod("create", String.class, int.class, String.class, String.class);
            var made = create.invoke(null, "127.0.0.1", address.getPort(), "default", password);
            builder.client((UnifiedJedis) made);
            yield (UnifiedJedis) made;
          }
          case "pool" -> {
            var pool = new JedisPool(address, settings.build());
            builder.pool(pool);
            yield pool;
          }
          case "connections" -> {
            JedisClientConfig config = settings.build();
            builder.connections(() -> new Connection(address, config));
            yield () -> {};
          }
          case "cluster" -> {
            var cluster = new ClusterConnectionProvider(Set.of(address), settings.build());
            builder.provider(cluster);
            yield cluster;
          }
          case "sentinel" -> Sentineled.open(builder, address, settings.build());
          default -> throw new IllegalArgumentException(kind);
        };
    return new Open(fleet, builder.start(), client);
  }

  private static AutoCloseable over(
      JedisPump.Builder builder, HostAndPort address, JedisClientConfig config) {
    var client =
        new UnifiedJedis(new PooledConnectionProvider(address, config), 3, Duration.ofSeconds(9));
    builder.client(client);
    return client;
  }

  /** Is not in Jedis 8, and so is in a class of its own. */
  private static final class Sentineled {
    static AutoCloseable open(
        JedisPump.Builder builder, HostAndPort sentinel, JedisClientConfig config) {
      var client =
          new JedisSentineled(
              "fleet", config, Set.of(sentinel), DefaultJedisClientConfig.builder().build());
      builder.client(client);
      return client;
    }
  }
}
