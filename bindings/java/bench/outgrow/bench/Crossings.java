// SPDX-License-Identifier: Apache-2.0
package outgrow.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Balancer;
import io.github.outgrow.Cache;
import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.Codec;
import io.github.outgrow.Endpoints;
import io.github.outgrow.Metrics;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.ReplicaRouter;
import io.github.outgrow.ShardMap;
import io.github.outgrow.raw.OutgrowJNI;
import io.github.outgrow.raw.PackedBytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.regex.Pattern;

/**
 * Crossings LIBRARY [--benchmark_filter=REGEX]: each hot call of the public API beside the
 * generated native method and one written by hand, in ns. Rounds alternate; the fastest of each
 * counts, as what is slower has been disturbed.
 */
final class Crossings {
  private static final int ROUNDS = 15;
  private static final int CALLS = 200_000;

  private static final byte[] KEY = "client-012345678".getBytes(UTF_8);
  private static final String TEXT = new String(KEY, UTF_8);

  private static long sink;

  /**
   * @param calls runs so many calls, and returns what keeps them from being left out
   */
  private record Way(String name, IntToLongFunction calls) {}

  private final Pattern filter;

  private Crossings(Pattern filter) {
    this.filter = filter;
  }

  public static void main(String[] arguments) {
    System.load(arguments[0]);
    Pattern filter = Pattern.compile("");
    for (String argument : arguments) {
      if (argument.startsWith("--benchmark_filter="))
        filter = Pattern.compile(argument.replaceFirst(".*?=", ""));
    }
    new Crossings(filter).all();
    if (sink == 42) System.out.println();
  }

  private void all() {
    System.out.printf(
        "%-22s %10s %10s %7s %10s %7s%n",
        "Java crossing, ns", "by hand", "generated", "ratio", "public", "ratio");
    limiter();
    breaker();
    balancer();
    shards();
    replicas();
    cache();
    metrics();
    many();
  }

  private void limiter() {
    long plain = PlainJni.makeLimiter();
    long raw = rawLimiter();
    RateLimiter limiter = RateLimiter.builder().rate("1000000000/s").build();
    Way hand =
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += PlainJni.limiter(plain, KEY, 1);
              return sum;
            });
    Way generated =
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i)
                sum += OutgrowJNI.og_limiter_acquire(raw, KEY, KEY.length, 1);
              return sum;
            });
    compare(
        "limiter/byte[]",
        hand,
        generated,
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += limiter.tryAcquire(KEY) ? 1 : 0;
              return sum;
            }));
    compare(
        "limiter/String",
        hand,
        generated,
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += limiter.tryAcquire(TEXT) ? 1 : 0;
              return sum;
            }));
    limiter.close();
  }

  private static long rawLimiter() {
    long config = OutgrowJNI.og_config_create();
    OutgrowJNI.og_config_set(config, "rate\0".getBytes(UTF_8), "1000000000/s\0".getBytes(UTF_8));
    return OutgrowJNI.og_limiter_create(config, 0);
  }

  private void breaker() {
    long plain = PlainJni.makeBreaker();
    long raw = OutgrowJNI.og_breaker_create(0, 0);
    CircuitBreaker breaker = CircuitBreaker.builder().build();
    compare(
        "breaker/enter+exit",
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += PlainJni.exit(plain, PlainJni.enter(plain), 1);
              return sum;
            }),
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i)
                sum += OutgrowJNI.og_breaker_exit(raw, OutgrowJNI.og_breaker_enter(raw), 1);
              return sum;
            }),
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += breaker.exit(breaker.enter(), true) ? 1 : 0;
              return sum;
            }));
    breaker.close();
  }

  private void balancer() {
    long plain = PlainJni.makeBalancer();
    long config = OutgrowJNI.og_config_create();
    OutgrowJNI.og_config_set(
        config, "policy\0".getBytes(UTF_8), "consistent_hash\0".getBytes(UTF_8));
    long endpoints = OutgrowJNI.og_endpoints_create(0);
    OutgrowJNI.og_endpoints_add(endpoints, "a\0".getBytes(UTF_8), 1, null);
    OutgrowJNI.og_endpoints_add(endpoints, "b\0".getBytes(UTF_8), 1, null);
    long raw = OutgrowJNI.og_balancer_create(config, endpoints, 0);
    Balancer balancer = Balancer.builder().policy("consistent_hash").build(Endpoints.of("a", "b"));
    compare(
        "balancer/pick",
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += PlainJni.pick(plain, KEY);
              return sum;
            }),
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += OutgrowJNI.og_balancer_pick(raw, KEY, KEY.length);
              return sum;
            }),
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += balancer.pick(KEY);
              return sum;
            }));
    balancer.close();
  }

  private void shards() {
    long plain = PlainJni.makeShards();
    long config = OutgrowJNI.og_config_create();
    OutgrowJNI.og_config_set_int(config, "shards\0".getBytes(UTF_8), 16);
    long raw = OutgrowJNI.og_shards_create(config, null, 0);
    ShardMap map = ShardMap.builder().shards(16).build();
    compare(
        "shards/of",
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += PlainJni.shard(plain, KEY);
              return sum;
            }),
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += OutgrowJNI.og_shards_of(raw, KEY, KEY.length);
              return sum;
            }),
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += map.of(KEY);
              return sum;
            }));
    map.close();
  }

  private void replicas() {
    long plain = PlainJni.makeReplicas();
    long raw = OutgrowJNI.og_replicas_create(0, 0);
    ReplicaRouter replicas = ReplicaRouter.builder().build();
    compare(
        "replicas/read",
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += PlainJni.read(plain);
              return sum;
            }),
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += OutgrowJNI.og_replicas_read(raw);
              return sum;
            }),
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += replicas.read();
              return sum;
            }));
    replicas.close();
  }

  private void cache() {
    byte[] value = new byte[100];
    long plain = PlainJni.makeCache(KEY, value);
    long raw = OutgrowJNI.og_cache_create(0, 0);
    OutgrowJNI.og_cache_set(raw, KEY, KEY.length, value, value.length, -1);
    Cache<byte[], byte[]> cache = Cache.builder().build(Codec.bytes(), Codec.bytes());
    cache.set(KEY, value);
    compare(
        "cache/get 100 bytes",
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += PlainJni.cached(plain, KEY).length;
              return sum;
            }),
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i)
                sum += OutgrowJNI.og_cache_pin(raw, KEY, KEY.length, new long[2]).length;
              return sum;
            }),
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += cache.get(KEY).length;
              return sum;
            }));
    cache.close();
  }

  private void metrics() {
    long plain = PlainJni.makeMetrics();
    long raw = OutgrowJNI.og_metrics_create(0);
    int id =
        OutgrowJNI.og_metrics_counter(
            raw, "x_total\0".getBytes(UTF_8), "x\0".getBytes(UTF_8), null);
    Metrics metrics = Metrics.builder().build();
    Metrics.Counter counter = metrics.counter("x_total", "x", null);
    compare(
        "metrics/increment",
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += PlainJni.increment(plain, 0);
              return sum;
            }),
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; ++i) sum += OutgrowJNI.og_metrics_increment(raw, id, 1);
              return sum;
            }),
        new Way(
            "public",
            n -> {
              for (int i = 0; i < n; ++i) counter.increment();
              return 0;
            }));
    metrics.close();
  }

  /** 64 keys a call; by hand as byte[][]. */
  private void many() {
    List<byte[]> keys = new ArrayList<>(Collections.nCopies(64, KEY));
    byte[][] array = keys.toArray(new byte[0][]);
    long[] waits = new long[64];
    long plain = PlainJni.makeLimiter();
    long raw = rawLimiter();
    RateLimiter limiter = RateLimiter.builder().rate("1000000000/s").build();
    compare(
        "limiter/64 keys, each",
        new Way(
            "by hand",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; i += 64) sum += PlainJni.manyKeys(plain, array, waits);
              return sum;
            }),
        new Way(
            "generated",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; i += 64)
                sum +=
                    OutgrowJNI.og_limiter_acquire_many(
                        raw, PackedBytes.of(keys, "keys"), null, 64, waits);
              return sum;
            }),
        new Way(
            "public",
            n -> {
              long sum = 0;
              for (int i = 0; i < n; i += 64) sum += limiter.tryAcquireMany(keys, null)[0];
              return sum;
            }));
    limiter.close();
  }

  private void compare(String what, Way hand, Way generated, Way api) {
    if (!filter.matcher("java/" + what).find()) return;
    Way[] ways = {hand, generated, api};
    double[] fastest = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    for (int round = 0; round < ROUNDS; ++round) {
      for (int i = 0; i < ways.length; ++i) {
        long start = System.nanoTime();
        sink += ways[i].calls().applyAsLong(CALLS);
        double each = (System.nanoTime() - start) / (double) CALLS;
        fastest[i] = Math.min(fastest[i], each);
      }
    }
    System.out.printf(
        "%-22s %10.1f %10.1f %7.2f %10.1f %7.2f%n",
        what, fastest[0], fastest[1], fastest[1] / fastest[0], fastest[2], fastest[2] / fastest[0]);
  }
}
