// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A shard whose rows are not in the answer of a query.
 *
 * @param shard its number
 * @param reason why: {@link ErrorCode#TIMEOUT} by the deadline, {@link ErrorCode#FULL} beyond
 *     {@code max_bytes}, {@link ErrorCode#LAPSED} when the rows were read without it, or what it
 *     was failed with
 * @param message what it was failed with, or what the library says
 * @param droppedRows how many of its rows are dropped
 */
public record ShardFailure(int shard, ErrorCode reason, String message, long droppedRows) {}
