// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ShardedConnectionProvider;

/** What a pump refuses. */
final class Refusals {
  private Refusals() {}

  /** The kind and the text of each, of the usual Jedis. */
  @SuppressWarnings("deprecation") // which has servers that are no cluster
  static String all(JedisPump running) {
    var fleet = new Scripted("refused");
    var somewhere = new HostAndPort("127.0.0.1", 1);
    var sharded =
        new ShardedConnectionProvider(
            List.of(somewhere), DefaultJedisClientConfig.builder().build());
    return List.<Runnable>of(
            () -> new JedisPump.Builder(fleet).build(),
            () -> new JedisPump.Builder(fleet).timeout(Duration.ofNanos(999_999)),
            () -> new JedisPump.Builder(fleet).client(new UnifiedJedis(new Connection())),
            () -> new JedisPump.Builder(fleet).provider(sharded),
            () -> new JedisPump.Builder(fleet).client(null),
            () -> running.step(Duration.ZERO))
        .stream()
        .map(Refusals::of)
        .collect(Collectors.joining(";"));
  }

  private static String of(Runnable refused) {
    try {
      refused.run();
      return "nothing";
    } catch (RuntimeException e) {
      return e.getClass().getSimpleName() + " " + e.getMessage();
    }
  }
}
