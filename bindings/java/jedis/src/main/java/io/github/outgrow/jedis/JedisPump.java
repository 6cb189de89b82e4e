// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import io.github.outgrow.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.providers.ConnectionProvider;
import redis.clients.jedis.util.Pool;

/**
 * Carries what this machine has to say to its fleet, over Jedis, until it is stopped.
 *
 * <pre>{@code
 * UnifiedJedis jedis = new JedisPooled(new HostAndPort("redis.internal", 6379), config);
 * try (Scope host = Scope.host("/checkout");
 *     Fleet fleet = Fleet.builder().scope(host, "checkout").build();
 *     Scope machines = fleet.scope();
 *     RateLimiter logins = RateLimiter.builder().rate("2000/s").scope(machines, "logins").build();
 *     JedisPump pump = JedisPump.builder(fleet).client(jedis).start()) {
 *   serve(logins);
 * }
 * }</pre>
 *
 * <p>Every process may have a pump. One of a machine's processes is elected and talks to the
 * server; the others' pumps wait for their turn. No call of a limiter waits for a pump or a server.
 *
 * <p>Threads. Between {@link #start()} and {@link #stop()} it has two, both daemons: one takes
 * commands as they are due, and one sends them and reads replies, in the elected process alone. Or
 * none: {@link #step} in a loop of the program's own. Safe from every thread.
 *
 * <p>Connections. They are the pump's own, with the client's settings: address, user, password,
 * TLS, a socket factory. Jedis does not tell those of a client of Sentinel's: of that one's pool
 * the pump keeps a connection. The client is kept alive, is not closed, and must stay open for as
 * long as the pump runs. None of the client's retries apply: a command is sent once. A reply is
 * waited for no longer than the pump's timeout, a connection for as long as the client's settings
 * say.
 *
 * <p>Errors. A failure ends nothing. It is told to the fleet, by the exception's class alone, which
 * {@link Fleet#status()} shows, and the pump goes on with a new connection. Neither addresses nor
 * passwords are told. A connection that the server has closed is seen when it is next used. A fleet
 * that is closed ends its pump's threads.
 *
 * <p>Jedis 4.0 or later.
 */
public final class JedisPump implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(5);

  private final FleetCalls fleet;
  private final Servers servers;
  private final String name;
  private final Duration timeout;
  private final Object stepping = new Object();
  private PumpThreads threads; // this guards it
  private Carrier own; // of step(), which `stepping` guards

  JedisPump(FleetCalls fleet, Servers servers, String name, Duration timeout) {
    this.fleet = fleet;
    this.servers = servers;
    this.name = name;
    this.timeout = timeout;
  }

  /**
   * Starts to make one.
   *
   * @param fleet what it carries: is kept alive, and not closed
   * @return a builder, which needs a client
   */
  public static Builder builder(Fleet fleet) {
    return new Builder(FleetCalls.of(Objects.requireNonNull(fleet, "fleet")));
  }

  /**
   * Starts the threads; nothing where they run.
   *
   * @return this pump
   */
  public synchronized JedisPump start() {
    if (!isRunning()) {
      threads = new PumpThreads(fleet, new Carrier(fleet, servers, timeout), name, timeout);
      threads.start();
    }
    return this;
  }

  /**
   * Tells whether its threads run.
   *
   * @return false before {@link #start()}, after {@link #stop()}, and once the fleet is closed
   */
  public synchronized boolean isRunning() {
    return threads != null && threads.areAlive();
  }

  /** Stops, and waits for 5 s at most: see {@link #stop(Duration)}. */
  public void stop() {
    stop(STOP);
  }

  /**
   * Sends what is due, such as {@link Fleet#leave()}, ends the threads and closes the connections.
   * The machine stays in its fleet, by its other processes. A stopped pump may be started again.
   *
   * @param timeout how long to wait at most for a server that is silent. The threads end by
   *     themselves after it. An interrupt ends the wait, and stays set.
   */
  public void stop(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    PumpThreads ending;
    synchronized (this) {
      ending = threads;
      threads = null;
    }
    synchronized (stepping) {
      if (own != null) own.close();
      own = null;
    }
    if (ending == null) return;
    try {
      ending.end(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops. */
  @Override
  public void close() {
    stop();
  }

  /**
   * Carries what is due in this thread, once. A call at a time; another waits for it.
   *
   * @param timeout how long to wait at most for something to be due
   * @return how many commands it was
   * @throws java.util.concurrent.CancellationException when the thread is interrupted as it waits,
   *     which it stays
   * @throws IllegalStateException when the threads run, or the fleet is closed
   */
  public int step(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    synchronized (stepping) {
      if (isRunning())
        throw new IllegalStateException("the pump's threads run: call stop() before step()");
      fleet.waitDue(timeout);
      List<Command> commands = Resp.commands(fleet.take());
      if (commands.isEmpty()) return 0;
      if (own == null) own = new Carrier(fleet, servers, this.timeout);
      own.carry(commands);
      return commands.size();
    }
  }

  /** Makes a {@link JedisPump}: of one client, whichever the program has. */
  public static final class Builder {
    private final FleetCalls fleet;
    private Servers servers;
    private String name = "outgrow-fleet";
    private Duration timeout = Duration.ofSeconds(1);

    Builder(FleetCalls fleet) {
      this.fleet = fleet;
    }

    /**
     * Over a {@code JedisPooled}, {@code JedisCluster} or {@code JedisSentineled}, or from Jedis
     * 7.2 on a {@code RedisClient}, {@code RedisClusterClient} or {@code RedisSentinelClient}.
     *
     * @param client one that was made of settings, not of a connection. Its provider is read by
     *     reflection: where that is forbidden, give the provider.
     * @return this builder
     * @throws IllegalArgumentException for one that does not have a provider, or shards its keys
     *     itself
     */
    public Builder client(UnifiedJedis client) {
      this.servers = Servers.of(Objects.requireNonNull(client, "client"));
      return this;
    }

    /**
     * Over what clients are made of.
     *
     * @param provider of pooled connections, of a cluster's or of Sentinel's
     * @return this builder
     * @throws IllegalArgumentException for one that shards its keys itself
     */
    public Builder provider(ConnectionProvider provider) {
      this.servers = Servers.of(Objects.requireNonNull(provider, "provider"));
      return this;
    }

    /**
     * Over a {@code JedisPool} or a {@code JedisSentinelPool}.
     *
     * @param pool whose settings the connections have; none is taken from it
     * @return this builder
     */
    public Builder pool(Pool<Jedis> pool) {
      this.servers = Servers.of(Objects.requireNonNull(pool, "pool"));
      return this;
    }

    /**
     * Over connections of the program's making, to one server.
     *
     * @param connections is called in the pump's thread for each connection, as {@code () -> new
     *     Connection(address, config)}. The pump closes what it gives.
     * @return this builder
     */
    public Builder connections(Supplier<Connection> connections) {
      this.servers = Servers.of(Objects.requireNonNull(connections, "connections"));
      return this;
    }

    /**
     * How long a reply is waited for at most, or the client's own limit, where that is shorter. 1 s
     * unless given.
     *
     * @param timeout of 1 ms or more
     * @return this builder
     * @throws IllegalArgumentException when it is shorter
     */
    public Builder timeout(Duration timeout) {
      if (timeout.compareTo(Duration.ofMillis(1)) < 0)
        throw new IllegalArgumentException("timeout must be 1 ms or more, not " + timeout);
      this.timeout = timeout;
      return this;
    }

    /**
     * Names the threads. {@code "outgrow-fleet"} unless given.
     *
     * @param name of the one that takes; the other has {@code "-sender"} behind it
     * @return this builder
     */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Makes it, and starts nothing.
     *
     * @return it, the caller's to start or to step
     * @throws IllegalStateException when no client was given
     */
    public JedisPump build() {
      if (servers == null)
        throw new IllegalStateException("a pump needs client, provider, pool or connections");
      return new JedisPump(fleet, servers, name, timeout);
    }

    /**
     * Makes it, and starts its threads.
     *
     * @return it, the caller's to stop
     * @throws IllegalStateException when no client was given
     */
    public JedisPump start() {
      return build().start();
    }
  }
}
