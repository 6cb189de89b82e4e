// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A {@link Service} has nothing to make a call on: no server or node is healthy, or too many calls
 * are out.
 */
public final class ServiceUnavailableException extends RejectedException {
  private static final long serialVersionUID = 1;

  ServiceUnavailableException(ServiceAnswer.Outcome outcome) {
    super(
        outcome == ServiceAnswer.Outcome.FULL
            ? "too many calls are in flight"
            : "no server or node may be chosen",
        0);
  }
}
