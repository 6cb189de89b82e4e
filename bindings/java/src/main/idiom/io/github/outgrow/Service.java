// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawCache;
import io.github.outgrow.raw.RawService;
import io.github.outgrow.raw.ServiceEnd;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The whole path of a request, from one configuration: limiter by client, balancer, breaker of the
 * server picked, cache by key, read replicas. A layer is in the path when one of its options is
 * given.
 *
 * <pre>{@code
 * Service service = Service.builder().servers("a=5, b").limiter(o -> o.rate("100/s"))
 *     .breaker(o -> o.failureThreshold(3)).cache(o -> o.ttl("1s")).build();
 * byte[] page = service.read(client, key, (server, node) -> fetch(server, node, key));
 * }</pre>
 *
 * <p>{@link #read} and {@link #write} do all of it; {@link #begin} and {@link #end} are their
 * parts. What a request has entered is given back when a later layer ends it. Methods ending in
 * {@code At} are given the time of its clock in ns. Safe from every thread.
 */
public final class Service extends NativeResource {
  private static final long SINCE_BEGIN = -1;
  private static final String BAD_END = "no ticket, or a latency or time to live out of range";

  private final boolean manual;
  private final LoadsUnderWay loads;

  Service(RawService raw, boolean manual) {
    super(raw);
    this.raw = raw;
    this.manual = manual;
    this.loads = new LoadsUnderWay(manual);
  }

  /**
   * Answers a read from the cache, or makes the call, and caches what it returns. While another
   * caller loads the key it waits, and takes from the client's rate once; it is thrown what that
   * call throws.
   *
   * @param <E> what the call throws
   * @param client who asks
   * @param key what for
   * @param call makes the call; null from it is an absence
   * @return the answer, or null when the key does not exist
   * @throws E what the call threw: it has failed
   * @throws RejectedException when there is no call to make
   * @throws IllegalStateException when the call for a key, on its own thread, reads the key again
   * @throws java.util.concurrent.CancellationException when the thread is interrupted as it waits
   */
  public <E extends Exception> byte[] read(String client, String key, ServiceCall<E> call)
      throws E {
    return request(false, Bytes.of(client, "client"), Bytes.of(key, "key"), call);
  }

  /**
   * Makes a write; the cache forgets its key, whether it succeeds or not.
   *
   * @param <E> what the call throws
   * @param client who asks
   * @param key what is written
   * @param call makes the call
   * @return what the call returned
   * @throws E what the call threw: it has failed
   * @throws RejectedException when there is no call to make
   */
  public <E extends Exception> byte[] write(String client, String key, ServiceCall<E> call)
      throws E {
    return request(true, Bytes.of(client, "client"), Bytes.of(key, "key"), call);
  }

  private <E extends Exception> byte[] request(
      boolean write, byte[] client, byte[] key, ServiceCall<E> call) throws E {
    Objects.requireNonNull(call, "call");
    LoadsUnderWay.Load waited = null;
    while (true) {
      ServiceAnswer answer = begin(write, client, key);
      Throwable failure = LoadsUnderWay.Load.failure(waited);
      switch (answer.outcome()) {
        case RUN:
          if (failure != null) {
            settle(() -> cancel(answer.ticket()));
            throw LoadsUnderWay.<E>thrown(failure);
          }
          return run(write, key, answer.ticket(), call);
        case HIT:
        case ABSENT:
        case STALE:
          return answer.value();
        case WAIT:
          if (failure != null) throw LoadsUnderWay.<E>thrown(failure);
          LoadsUnderWay.Load other = loads.of(key);
          loads.await(other, answer.waitNanos());
          if (other != null) waited = other;
          break;
        case DENIED:
          throw new RateLimitedException(
              "over the rate limit" + RejectedException.again(answer.waitNanos()),
              answer.waitNanos());
        case REFUSED:
          throw new CircuitOpenException(
              "the circuit breaker of every server is open"
                  + RejectedException.again(answer.waitNanos()),
              answer.waitNanos());
        default:
          throw new ServiceUnavailableException(answer.outcome());
      }
    }
  }

  private <E extends Exception> byte[] run(
      boolean write, byte[] key, long ticket, ServiceCall<E> call) throws E {
    LoadsUnderWay.Load load = write ? null : loads.begin(key);
    try {
      return run(write, ticket, call, load);
    } finally {
      if (write) loads.changed(key);
      else loads.end(key, load);
    }
  }

  private <E extends Exception> byte[] run(
      boolean write, long ticket, ServiceCall<E> call, LoadsUnderWay.Load load) throws E {
    final byte[] value;
    try {
      value = call.call(server(ticket), node(ticket));
    } catch (Throwable thrown) {
      if (load != null) load.fails(thrown);
      settle(
          () -> {
            if (!write && thrown instanceof InterruptedException)
              cancel(ticket); // a write may have been made
            else end(ticket, false);
          });
      throw thrown;
    }
    settle(
        () -> {
          if (write) end(ticket, true);
          else if (value == null) endAbsent(ticket, null, null);
          else end(ticket, null, value, null);
        });
    return value;
  }

  /**
   * The call has ended; there is nothing to cache, and it took the time since begin.
   *
   * @param ticket the ticket
   * @param success whether it succeeded
   * @return whether the ticket still stood
   */
  public boolean end(long ticket, boolean success) {
    return Status.ok(
        without(ticket, success ? 1 : 0, null, Constants.OG_SERVICE_KEEP_NOTHING, null), BAD_END);
  }

  /**
   * The call has ended; there is nothing to cache.
   *
   * @param ticket the ticket
   * @param success whether it succeeded
   * @param latency how long it took
   * @return whether the ticket still stood
   */
  public boolean end(long ticket, boolean success, Duration latency) {
    Objects.requireNonNull(latency, "latency"); // end(ticket, success) is for the time since begin
    return Status.ok(
        without(ticket, success ? 1 : 0, latency, Constants.OG_SERVICE_KEEP_NOTHING, null),
        BAD_END);
  }

  /**
   * A read has succeeded, with a value to cache.
   *
   * @param ticket the ticket
   * @param latency how long it took, or null: the time since begin
   * @param value the value
   * @param ttl how long it is fresh, zero for ever, or null: {@code cache.ttl_ms}
   * @return whether the ticket still stood
   */
  public boolean end(long ticket, Duration latency, byte[] value, Duration ttl) {
    Objects.requireNonNull(value, "value");
    return Status.ok(raw.end(ticket, 1, latency(latency), value, Cache.ttl(ttl)), BAD_END);
  }

  /**
   * A read has succeeded: the key does not exist. Caches that.
   *
   * @param ticket the ticket
   * @param latency how long it took, or null: the time since begin
   * @param ttl how long it is taken not to exist, zero for ever, or null: {@code
   *     cache.negative_ttl_ms}
   * @return whether the ticket still stood
   */
  public boolean endAbsent(long ticket, Duration latency, Duration ttl) {
    return Status.ok(without(ticket, 1, latency, Constants.OG_SERVICE_KEEP_ABSENCE, ttl), BAD_END);
  }

  private int without(long ticket, int success, Duration latency, long kept, Duration ttl) {
    return ServiceEnd.end(raw, ticket, success, latency(latency), kept, Cache.ttl(ttl));
  }

  /**
   * The call has ended at a given time; there is nothing to cache.
   *
   * @param ticket the ticket
   * @param success whether it succeeded
   * @param latency how long it took, or null: the time since begin
   * @param nowNanos the time in ns
   * @return whether the ticket still stood
   */
  public boolean endAt(long ticket, boolean success, Duration latency, long nowNanos) {
    return Status.ok(
        ServiceEnd.endAt(
            raw,
            ticket,
            success ? 1 : 0,
            latency(latency),
            Constants.OG_SERVICE_KEEP_NOTHING,
            Constants.OG_CACHE_DEFAULT_TTL,
            nowNanos),
        BAD_END);
  }

  /**
   * A read has succeeded at a given time.
   *
   * @param ticket the ticket
   * @param latency how long it took, or null: the time since begin
   * @param value the value to cache, or null: the key does not exist
   * @param ttl how long that holds, zero for ever, or null: what the cache's options say
   * @param nowNanos the time in ns
   * @return whether the ticket still stood
   */
  public boolean endAt(long ticket, Duration latency, byte[] value, Duration ttl, long nowNanos) {
    int status =
        value != null
            ? raw.endAt(ticket, 1, latency(latency), value, Cache.ttl(ttl), nowNanos)
            : ServiceEnd.endAt(
                raw,
                ticket,
                1,
                latency(latency),
                Constants.OG_SERVICE_KEEP_ABSENCE,
                Cache.ttl(ttl),
                nowNanos);
    return Status.ok(status, BAD_END);
  }

  private static long latency(Duration latency) {
    return latency == null ? SINCE_BEGIN : Bytes.elapsed(latency, "latency");
  }

  /**
   * The cache.
   *
   * @return the caller's to close, or empty without that layer
   */
  public Optional<Cache<String, byte[]>> cache() {
    RawCache layer = raw.cache();
    return layer == null
        ? Optional.empty()
        : Optional.of(new Cache<>(layer, Codec.text(), Codec.bytes(), Scheduler.SHARED, manual));
  }

  /** Makes a {@link Service}. */
  public static final class Builder extends ServiceOptions<Builder> {
    /**
     * Makes it.
     *
     * @return a service, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Service build() {
      return new Service(make(), Clock.isManual(clock));
    }
  }
}
