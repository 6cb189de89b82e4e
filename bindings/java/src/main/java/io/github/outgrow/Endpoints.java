// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawEndpoints;
import java.time.Duration;
import java.util.Objects;

/**
 * The servers that balancers choose among: name, weight, zone, health, calls in flight, latency.
 *
 * <p>An endpoint is known by its index, from 0 up. The set may change while others pick: the thread
 * that makes the change pays for it. An index that is not in the set is an {@link
 * InvalidArgumentException}. Safe from every thread.
 */
public final class Endpoints extends NativeResource {
  /** In place of an index: there is none. */
  public static final int NONE = Constants.OG_NONE;

  private static final String UNKNOWN = "no endpoint has the index ";

  final RawEndpoints raw;

  Endpoints(RawEndpoints raw) {
    super(raw);
    this.raw = raw;
  }

  /**
   * Starts to make a set.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A set of these, each of weight 1.
   *
   * @param names not empty, each once; their indexes are 0, 1, 2 ...
   * @return a set, the caller's to close
   */
  public static Endpoints of(String... names) {
    Objects.requireNonNull(names, "names");
    Endpoints endpoints = builder().build();
    try {
      for (String name : names) endpoints.add(Objects.requireNonNull(name, "names"), 1);
      return endpoints;
    } catch (RuntimeException e) {
      endpoints.close();
      throw e;
    }
  }

  /**
   * Adds an endpoint, healthy.
   *
   * @param name not empty and not yet in the set
   * @param weight 0 (never picked) to 1000000
   * @return its index
   */
  public int add(String name, long weight) {
    return add(name, weight, null);
  }

  /**
   * Adds an endpoint, healthy.
   *
   * @param name not empty and not yet in the set
   * @param weight 0 (never picked) to 1000000
   * @param zone where it is, or null
   * @return its index
   */
  public int add(String name, long weight, String zone) {
    return raw.add(Objects.requireNonNull(name, "name"), weight, zone);
  }

  /**
   * Adds an endpoint, and one that is in the set under that name is given the weight; its health
   * stays. For several who say what they want there, such as the processes of a scope.
   *
   * @param name not empty
   * @param weight 0 (never picked) to 1000000
   * @return its index
   */
  public int put(String name, long weight) {
    return put(name, weight, null);
  }

  /**
   * Adds an endpoint, and one that is in the set under that name is given the weight; its health
   * stays.
   *
   * @param name not empty
   * @param weight 0 (never picked) to 1000000
   * @param zone where it is: of one in the set, the one that it has; or null
   * @return its index
   */
  public int put(String name, long weight, String zone) {
    return raw.put(Objects.requireNonNull(name, "name"), weight, zone);
  }

  /**
   * Removes an endpoint. Calls in flight go on.
   *
   * @param index its index
   */
  public void remove(int index) {
    raw.remove(index);
  }

  /**
   * Gives an endpoint another weight.
   *
   * @param index its index
   * @param weight 0 (never picked) to 1000000
   */
  public void setWeight(int index, long weight) {
    raw.setWeight(index, weight);
  }

  /**
   * Says whether an endpoint may be picked.
   *
   * @param index its index
   * @param healthy whether so
   */
  public void setHealthy(int index, boolean healthy) {
    raw.setHealthy(index, healthy ? 1 : 0);
  }

  /**
   * The index of a name.
   *
   * @param name the name
   * @return its index, or {@link #NONE}
   */
  public int find(String name) {
    return Status.check(raw.find(Objects.requireNonNull(name, "name")), "name");
  }

  /**
   * How many are in the set, the unhealthy included.
   *
   * @return how many
   */
  public long count() {
    return raw.count();
  }

  /**
   * The name under an index; a removed endpoint's until the index is given away.
   *
   * @param index an index
   * @return the name
   */
  public String name(int index) {
    return raw.name(index);
  }

  /**
   * The zone under an index; a removed endpoint's until the index is given away.
   *
   * @param index an index
   * @return the zone, or the empty text
   */
  public String zone(int index) {
    return raw.zone(index);
  }

  /**
   * An endpoint's weight.
   *
   * @param index its index
   * @return the weight
   */
  public long weight(int index) {
    return Status.check(raw.weight(index), UNKNOWN, index);
  }

  /**
   * Whether an endpoint may be picked.
   *
   * @param index its index
   * @return whether so
   */
  public boolean isHealthy(int index) {
    return Status.check(raw.healthy(index), UNKNOWN, index) != 0;
  }

  /**
   * Calls acquired and not yet returned, by all balancers over the set.
   *
   * @param index an index
   * @return how many
   */
  public long inFlight(int index) {
    return Status.check(raw.inFlight(index), UNKNOWN, index);
  }

  /**
   * Calls returned.
   *
   * @param index an index
   * @return how many
   */
  public long calls(int index) {
    return Status.check(raw.calls(index), UNKNOWN, index);
  }

  /**
   * Calls returned that failed.
   *
   * @param index an index
   * @return how many
   */
  public long failures(int index) {
    return Status.check(raw.failures(index), UNKNOWN, index);
  }

  /**
   * The latency that a share of the returned calls did not exceed, to within 25 %.
   *
   * @param index an index
   * @param share 0 to 1, such as 0.99
   * @return the latency; 0 before the first call
   */
  public Duration latency(int index, double share) {
    return Duration.ofNanos(
        Status.check(
            raw.latency(index, share),
            "share is not 0 to 1, or no endpoint has the index ",
            index));
  }

  /** Makes {@link Endpoints}. */
  public static final class Builder extends EndpointsOptions<Builder> {
    private Place place;

    Builder() {}

    /**
     * Makes it in a scope, where the set is one for every process that makes it under this name:
     * who is in it, weights, health, calls in flight, and the turns of the balancers over it.
     *
     * @param scope where
     * @param name of at most 99 bytes
     * @return this builder
     */
    public Builder scope(Scope scope, String name) {
      this.place = new Place(scope, name);
      return this;
    }

    /**
     * Makes the set: empty, or in a scope as the other processes have it.
     *
     * @return a set, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Endpoints build() {
      return new Endpoints(
          create(
              config ->
                  place == null
                      ? RawEndpoints.create(config)
                      : RawEndpoints.createIn(place.scope, place.name, config)));
    }
  }
}
