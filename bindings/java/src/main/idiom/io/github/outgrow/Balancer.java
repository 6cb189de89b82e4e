// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * Which endpoint takes a call: round robin, smooth weighted round robin, least connections, or the
 * key's owner on a consistent-hash ring. Unhealthy endpoints and those of weight 0 are not picked.
 *
 * <p>{@link #pick} only says which; {@link #acquire} also counts the call in flight until it is
 * released. Keys matter to {@code consistent_hash} alone. Methods ending in {@code At} are given
 * the time of the balancer's clock in ns. Safe from every thread; a pick takes no lock.
 */
public final class Balancer extends NativeResource {}
