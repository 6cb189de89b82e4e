// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A range of keys of a {@link ShardMap}.
 *
 * @param first its first key
 * @param end the first key after it; empty when it has no end
 * @param from the shard that holds it, or where it moves from
 * @param to where it moves to; of a map's own ranges the same
 */
public record KeyRange(byte[] first, byte[] end, int from, int to) {}
