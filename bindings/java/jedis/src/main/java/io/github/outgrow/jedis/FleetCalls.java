// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import io.github.outgrow.Fleet;
import java.time.Duration;

/**
 * What a pump calls of a fleet. A fleet that is closed meanwhile is an {@link
 * IllegalStateException} of each.
 */
interface FleetCalls {
  boolean waitDue(Duration timeout);

  String take();

  void reply(long command, byte[] reply);

  void broken(String why);

  static FleetCalls of(Fleet fleet) {
    return new FleetCalls() {
      @Override
      public boolean waitDue(Duration timeout) {
        return fleet.waitDue(timeout);
      }

      @Override
      public String take() {
        return fleet.take();
      }

      @Override
      public void reply(long command, byte[] reply) {
        fleet.reply(command, reply);
      }

      @Override
      public void broken(String why) {
        fleet.broken(why);
      }
    };
  }
}
