// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawReplicas;
import java.time.Duration;

/**
 * Which database node takes a call: writes go to the primary, reads to a healthy replica, or with
 * none healthy to the primary. Nodes are numbers: {@link #PRIMARY}, and 1 to {@code replicas}.
 *
 * <p>{@link #read} and {@link #write} only say which; {@link #acquire} also counts the call in
 * flight. Methods ending in {@code At} are given the time of the router's clock in ns. Safe from
 * every thread.
 */
public final class ReplicaRouter extends NativeResource {
  /** The primary's number. */
  public static final int PRIMARY = Constants.OG_REPLICAS_PRIMARY;

  /** In place of a node: none may be chosen. */
  public static final int NONE = Constants.OG_NONE;

  private static final long SINCE_ACQUIRE = -1;
  private static final String UNKNOWN = "there is no node ";

  final RawReplicas raw;

  ReplicaRouter(RawReplicas raw) {
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

  /**
   * The node for a write.
   *
   * @return its number, or {@link #NONE}
   */
  public int write() {
    return raw.write();
  }

  /**
   * The node for a read.
   *
   * @return its number, or {@link #NONE}
   */
  public int read() {
    return raw.read();
  }

  /**
   * The node for a read at a given time.
   *
   * @param now the time in ns
   * @return its number, or {@link #NONE}
   */
  public int readAt(long now) {
    return Status.check(raw.readAt(now), "the time is negative: ", now);
  }

  /**
   * The nodes for many reads, in one crossing.
   *
   * @param count how many
   * @return for each its number, or {@link #NONE}
   */
  public int[] readMany(int count) {
    int[] nodes = new int[Bytes.count(count)];
    Status.check(raw.readMany(count, nodes), "count");
    return nodes;
  }

  /**
   * As {@link #read} or {@link #write}, counted in flight.
   *
   * @param write whether it is a write
   * @return a ticket to release or cancel, or why there is none
   */
  public Ticket acquire(boolean write) {
    int[] node = new int[1];
    return new Ticket(Status.check(raw.acquire(write ? 1 : 0, node), ""), node[0]);
  }

  /**
   * As {@link #acquire}, at a given time.
   *
   * @param write whether it is a write
   * @param now the time in ns
   * @return a ticket to release or cancel, or why there is none
   */
  public Ticket acquireAt(boolean write, long now) {
    int[] node = new int[1];
    long id = Status.check(raw.acquireAt(write ? 1 : 0, now, node), "the time is negative: ", now);
    return new Ticket(id, node[0]);
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
   * Says whether a node may be chosen.
   *
   * @param node its number
   * @param healthy whether so
   */
  public void setHealthy(int node, boolean healthy) {
    Status.check(raw.setHealthy(node, healthy ? 1 : 0), UNKNOWN, node);
  }

  /**
   * Whether a node may be chosen.
   *
   * @param node its number
   * @return whether so
   */
  public boolean isHealthy(int node) {
    return Status.check(raw.healthy(node), UNKNOWN, node) != 0;
  }

  /**
   * Calls acquired and not returned.
   *
   * @param node its number
   * @return how many
   */
  public long inFlight(int node) {
    return Status.check(raw.inFlight(node), UNKNOWN, node);
  }

  /**
   * Reads sent to a node.
   *
   * @param node its number
   * @return how many
   */
  public long reads(int node) {
    return Status.check(raw.reads(node), UNKNOWN, node);
  }

  /**
   * Writes in all.
   *
   * @return how many
   */
  public long writes() {
    return raw.writes();
  }

  /** Makes a {@link ReplicaRouter}. */
  public static final class Builder extends ReplicaRouterOptions<Builder> {
    private Clock clock;

    Builder() {}

    /**
     * The clock that it reads; the system's unless given.
     *
     * @param clock the router keeps it alive
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes it.
     *
     * @return a router, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public ReplicaRouter build() {
      return new ReplicaRouter(create(config -> RawReplicas.create(config, Clock.raw(clock))));
    }
  }
}
