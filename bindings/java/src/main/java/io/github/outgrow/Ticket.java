// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;

/**
 * A call counted in flight, and where it goes; or why there is none.
 *
 * @param id what to release or cancel with; {@link #NONE} when nothing may be chosen, {@link #FULL}
 *     when too many calls are in flight
 * @param index the endpoint's index or the node's number; {@link #NONE} when there is no ticket
 */
public record Ticket(long id, int index) {
  /** Nothing healthy to choose. */
  public static final int NONE = Constants.OG_NONE;

  /** More calls in flight than {@code tickets}. */
  public static final int FULL = Constants.OG_FULL;

  /**
   * Whether there is one.
   *
   * @return whether so
   */
  public boolean isGiven() {
    return id > 0;
  }
}
