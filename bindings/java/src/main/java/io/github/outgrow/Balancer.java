// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.PackedBytes;
import io.github.outgrow.raw.RawBalancer;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;

/**
 * Which endpoint takes a call: round robin, smooth weighted round robin, least connections, or the
 * key's owner on a consistent-hash ring. Unhealthy endpoints and those of weight 0 are not picked.
 *
 * <p>{@link #pick} only says which; {@link #acquire} also counts the call in flight until it is
 * released. Keys matter to {@code consistent_hash} alone. Methods ending in {@code At} are given
 * the time of the balancer's clock in ns. Safe from every thread; a pick takes no lock.
 */
public final class Balancer extends NativeResource {
  /** In place of an index: no endpoint may be picked. */
  public static final int NONE = Constants.OG_NONE;

  private static final long SINCE_ACQUIRE = -1;

  final RawBalancer raw;

  Balancer(RawBalancer raw) {
    super(raw);
    this.raw = raw;
  }

  /**
   * Starts to make one.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  // ---- picking ----

  /**
   * Picks without a key.
   *
   * @return an endpoint's index, or {@link #NONE}
   */
  public int pick() {
    return raw.pick(null);
  }

  /**
   * Picks for a key.
   *
   * @param key the key
   * @return an endpoint's index, or {@link #NONE}
   */
  public int pick(String key) {
    return raw.pick(Bytes.of(key, "key"));
  }

  /**
   * Picks for a key.
   *
   * @param key the key
   * @return an endpoint's index, or {@link #NONE}
   */
  public int pick(byte[] key) {
    return raw.pick(Objects.requireNonNull(key, "key"));
  }

  /**
   * Picks for a key at a given time.
   *
   * @param key the key, or null: none
   * @param now the time in ns
   * @return an endpoint's index, or {@link #NONE}
   */
  public int pickAt(byte[] key, long now) {
    return Status.check(raw.pickAt(key, now), "the time is negative: ", now);
  }

  /**
   * Picks for many keys in one crossing.
   *
   * @param keys the keys
   * @return for each an endpoint's index, or {@link #NONE}
   */
  public int[] pickMany(Collection<String> keys) {
    int[] picked = new int[Objects.requireNonNull(keys, "keys").size()];
    Status.check(
        raw.pickMany(PackedBytes.of(Bytes.of(keys, "keys"), "keys"), picked.length, picked),
        "keys");
    return picked;
  }

  /**
   * Picks many times without a key in one crossing.
   *
   * @param count how often
   * @return for each an endpoint's index, or {@link #NONE}
   */
  public int[] pickMany(int count) {
    int[] picked = new int[Bytes.count(count)];
    Status.check(raw.pickMany(null, count, picked), "count");
    return picked;
  }

  // ---- calls in flight ----

  /**
   * Picks without a key and counts the call in flight.
   *
   * @return a ticket to release or cancel, or why there is none
   */
  public Ticket acquire() {
    return acquireFor(null);
  }

  /**
   * Picks for a key and counts the call in flight.
   *
   * @param key the key
   * @return a ticket to release or cancel, or why there is none
   */
  public Ticket acquire(String key) {
    return acquireFor(Bytes.of(key, "key"));
  }

  /**
   * Picks for a key and counts the call in flight.
   *
   * @param key the key
   * @return a ticket to release or cancel, or why there is none
   */
  public Ticket acquire(byte[] key) {
    return acquireFor(Objects.requireNonNull(key, "key"));
  }

  private Ticket acquireFor(byte[] key) {
    int[] endpoint = new int[1];
    return new Ticket(Status.check(raw.acquire(key, endpoint), ""), endpoint[0]);
  }

  /**
   * Picks for a key at a given time and counts the call in flight.
   *
   * @param key the key, or null: none
   * @param now the time in ns
   * @return a ticket to release or cancel, or why there is none
   */
  public Ticket acquireAt(byte[] key, long now) {
    int[] endpoint = new int[1];
    long id = Status.check(raw.acquireAt(key, now, endpoint), "the time is negative: ", now);
    return new Ticket(id, endpoint[0]);
  }

  /**
   * The call has ended; it took the time since acquire.
   *
   * @param ticket the ticket's id
   * @param success whether it succeeded
   * @return whether the ticket still stood: once, and not after {@code ticket_ms}
   */
  public boolean release(long ticket, boolean success) {
    return Status.ok(raw.release(ticket, success ? 1 : 0, SINCE_ACQUIRE), "no ticket: ", ticket);
  }

  /**
   * The call has ended.
   *
   * @param ticket the ticket's id
   * @param success whether it succeeded
   * @param latency how long it took
   * @return whether the ticket still stood: once, and not after {@code ticket_ms}
   */
  public boolean release(long ticket, boolean success, Duration latency) {
    return Status.ok(
        raw.release(ticket, success ? 1 : 0, Bytes.elapsed(latency, "latency")),
        "no ticket: ",
        ticket);
  }

  /**
   * The call has ended, at a given time.
   *
   * @param ticket the ticket's id
   * @param success whether it succeeded
   * @param latency how long it took, or null: the time since acquire
   * @param now the time in ns
   * @return whether the ticket still stood: once, and not after {@code ticket_ms}
   */
  public boolean releaseAt(long ticket, boolean success, Duration latency, long now) {
    long took = latency == null ? SINCE_ACQUIRE : Bytes.elapsed(latency, "latency");
    return Status.ok(raw.releaseAt(ticket, success ? 1 : 0, took, now), "no ticket: ", ticket);
  }

  /**
   * The call was not made: nothing is recorded.
   *
   * @param ticket the ticket's id
   * @return whether the ticket still stood
   */
  public boolean cancel(long ticket) {
    return Status.ok(raw.cancel(ticket), "no ticket: ", ticket);
  }

  /**
   * The call was not made, at a given time: nothing is recorded.
   *
   * @param ticket the ticket's id
   * @param now the time in ns
   * @return whether the ticket still stood
   */
  public boolean cancelAt(long ticket, long now) {
    return Status.ok(raw.cancelAt(ticket, now), "no ticket: ", ticket);
  }

  /**
   * How often an endpoint has been picked or acquired through this balancer.
   *
   * @param endpoint its index
   * @return how often
   */
  public long picks(int endpoint) {
    return Status.check(raw.picks(endpoint), "no endpoint has the index ", endpoint);
  }

  /** Makes a {@link Balancer}. */
  public static final class Builder extends BalancerOptions<Builder> {
    private Clock clock;

    Builder() {}

    /**
     * The clock that it reads; the system's unless given.
     *
     * @param clock the balancer keeps it alive
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes it.
     *
     * @param endpoints what it chooses among; several balancers may share them
     * @return a balancer, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Balancer build(Endpoints endpoints) {
      Objects.requireNonNull(endpoints, "endpoints");
      return new Balancer(
          create(config -> RawBalancer.create(config, endpoints.raw, Clock.raw(clock))));
    }
  }
}
