// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.lang.reflect.Field;
import java.util.function.Supplier;
import org.apache.commons.pool2.impl.GenericObjectPool;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ClusterConnectionProvider;
import redis.clients.jedis.providers.ConnectionProvider;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.util.Pool;

/**
 * Which server a command goes to, and how a connection to it is made, of the client's settings.
 * Where a pool is known its factory makes connections, so that none is taken from the program.
 */
interface Servers {
  /** The server's name, one of its cluster's. */
  String of(Command command);

  /** A new connection to it: the caller's, to be closed. */
  Connection connect(String server) throws Exception;

  /** Whether one server knows of others, and says which is to be asked. */
  default boolean areCluster() {
    return false;
  }

  /** Asks the servers anew who they are. */
  default void lookUp() {}

  /** What has one server at a time. */
  @FunctionalInterface
  interface One extends Servers {
    Connection connect() throws Exception;

    @Override
    default String of(Command command) {
      return "";
    }

    @Override
    default Connection connect(String server) throws Exception {
      return connect();
    }
  }

  static Servers of(Supplier<Connection> connections) {
    return (One)
        () -> {
          Connection made = connections.get();
          if (made == null) throw new IllegalStateException("the supplier gave no connection");
          return made;
        };
  }

  static Servers of(Pool<Jedis> pool) {
    return (One) () -> made(pool).getConnection();
  }

  static Servers of(UnifiedJedis client) {
    ConnectionProvider provider;
    try {
      Field field = UnifiedJedis.class.getDeclaredField("provider");
      field.setAccessible(true);
      provider = (ConnectionProvider) field.get(client);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException("client does not say its provider: give that", e);
    }
    if (provider == null)
      throw new IllegalArgumentException("client has no provider, but one connection of its own");
    return of(provider);
  }

  static Servers of(ConnectionProvider provider) {
    if (provider instanceof ClusterConnectionProvider cluster) return new ClusterServers(cluster);
    if (provider instanceof PooledConnectionProvider pooled)
      return (One) () -> made(pooled.getPool());
    // Its servers have nothing in common, so that machines would not either.
    if (provider.getClass().getSimpleName().startsWith("Sharded"))
      throw new IllegalArgumentException("client is one of several servers that are no cluster");
    return (One) provider::getConnection; // Sentinel's, which does not say what of
  }

  static <T> T made(GenericObjectPool<T> pool) throws Exception {
    return pool.getFactory().makeObject().getObject();
  }
}
