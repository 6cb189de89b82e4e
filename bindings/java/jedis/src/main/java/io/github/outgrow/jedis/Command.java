// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.util.List;
import redis.clients.jedis.util.JedisClusterCRC16;

/** A command of a fleet's: the fleet's number of it, and its words. */
record Command(long number, List<byte[]> words) {
  /** Sent ahead of a command that a cluster's ASK sends elsewhere. No command has the number 0. */
  static final Command ASKING = new Command(0, List.of(Resp.ascii("ASKING")));

  private static final int KEY = 3; // of EVALSHA and EVAL, each of one key; INFO has none

  /** The slot of its key, which a cluster has at one server; 0 without a key. */
  int slot() {
    return words.size() > KEY ? JedisClusterCRC16.getSlot(words.get(KEY)) : 0;
  }

  boolean isInfo() {
    return Resp.text(words.get(0)).equals("INFO");
  }
}
