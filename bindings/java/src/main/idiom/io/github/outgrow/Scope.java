// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawScope;
import java.util.Objects;

/**
 * Memory that all processes of the machine share, whatever their language: what is made in it under
 * a name is one and the same in each. One limit, one breaker, one count.
 *
 * <pre>{@code
 * try (Scope scope = Scope.host("/checkout");
 *     RateLimiter limiter = RateLimiter.builder().rate("100/s").scope(scope, "logins").build()) {
 *   if (!limiter.tryAcquire(user)) return tooManyRequests();
 * }
 * }</pre>
 *
 * <p>Its name is one of POSIX shared memory, a slash and no other, or the path of a file on a local
 * file system; containers share either by sharing {@code /dev/shm} or by mounting the file. The
 * first process makes the segment, and its options hold; attaching resets nothing. A process may
 * die at any instruction: what it held is taken back. The process is attached for as long as the
 * scope or what was made in it is open. Linux. Safe from every thread.
 */
public final class Scope extends NativeResource {
  Scope(RawScope raw) {
    super(raw);
    this.raw = raw;
  }

  /**
   * Attaches to a segment, and makes it where there is none, with the options' defaults.
   *
   * @param name such as {@code "/checkout"}
   * @return a scope, the caller's to close
   * @throws OutgrowException when the file is refused or fails, with the reason
   */
  public static Scope host(String name) {
    return builder(name).build();
  }

  /**
   * Starts to attach to a segment.
   *
   * @param name such as {@code "/checkout"}
   * @return a builder with the options of whoever makes it
   */
  public static Builder builder(String name) {
    return new Builder(Objects.requireNonNull(name, "name"));
  }

  /**
   * Looks into a segment without attaching to it: its processes, its objects, what these count and
   * which keys are denied most.
   *
   * @param name of the segment
   * @return a JSON object, as {@code outgrow host show --format json} prints it
   */
  public static String inspect(String name) {
    return RawScope.inspect(Objects.requireNonNull(name, "name"), 0);
  }

  /**
   * The same, and what does not hold together, as {@code "faults"}: nothing in a sound segment,
   * whoever died in it. Reads the whole segment.
   *
   * @param name of the segment
   * @return a JSON object, as {@code outgrow host show --verify --format json} prints it
   */
  public static String verify(String name) {
    return RawScope.inspect(Objects.requireNonNull(name, "name"), 1);
  }

  /** Attaches to a segment. */
  public static final class Builder extends ScopeOptions<Builder> {
    private final String name;

    private Builder(String name) {
      this.name = name;
    }

    /**
     * Attaches, and makes the segment where there is none.
     *
     * @return a scope, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Scope build() {
      return new Scope(create(config -> RawScope.createHost(name, config)));
    }
  }
}
