// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A row of a shard.
 *
 * @param shard the shard that it came from
 * @param key what it is ordered by
 * @param row the row
 */
public record Row(int shard, byte[] key, byte[] row) {}
