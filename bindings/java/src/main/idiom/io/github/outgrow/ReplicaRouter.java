// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;

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
}
