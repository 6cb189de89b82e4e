// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;

/**
 * What a {@link Service} says to a request.
 *
 * @param outcome what to do
 * @param ticket of the call to make and end, above 0, when {@link Outcome#RUN}; else 0
 * @param value the answer when {@link Outcome#HIT} or {@link Outcome#STALE}, and with {@link
 *     Outcome#RUN} perhaps a stale one to use meanwhile; else null
 * @param waitNanos when to come back, for {@link Outcome#WAIT}, {@link Outcome#DENIED} and {@link
 *     Outcome#REFUSED}
 */
public record ServiceAnswer(Outcome outcome, long ticket, byte[] value, long waitNanos) {
  /** What to do with a request. */
  public enum Outcome {
    /** Make the call on the ticket's server and node, and end it. */
    RUN,
    /** The value is the answer. */
    HIT,
    /** The key is known not to exist. */
    ABSENT,
    /** The value is past its time to live; another caller is loading it. */
    STALE,
    /** Another caller is loading it: ask again. */
    WAIT,
    /** The client is over its rate. */
    DENIED,
    /** The breakers of all servers are open. */
    REFUSED,
    /** No server or no node may be chosen. */
    NONE,
    /** Too many calls are out. */
    FULL
  }

  static ServiceAnswer of(byte[] value, long[] answer) {
    boolean run = answer[0] > 0;
    return new ServiceAnswer(
        run ? Outcome.RUN : outcome(answer[0]), run ? answer[0] : 0, value, answer[1]);
  }

  private static Outcome outcome(long answer) {
    switch ((int) Status.check(answer, "the time is negative")) {
      case Constants.OG_OK:
        return Outcome.HIT;
      case Constants.OG_ABSENT:
        return Outcome.ABSENT;
      case Constants.OG_STALE:
        return Outcome.STALE;
      case Constants.OG_WAIT:
        return Outcome.WAIT;
      case Constants.OG_DENIED:
        return Outcome.DENIED;
      case Constants.OG_REFUSED:
        return Outcome.REFUSED;
      case Constants.OG_NONE:
        return Outcome.NONE;
      default:
        return Outcome.FULL;
    }
  }
}
