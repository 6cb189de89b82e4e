// SPDX-License-Identifier: Apache-2.0

/**
 * Carries a fleet's commands to Redis or Valkey over Jedis, the client that the program has: {@link
 * io.github.outgrow.jedis.JedisPump}.
 */
package io.github.outgrow.jedis;
