// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

/**
 * A failure of the client's as a fleet is told of it: the names of the exception and of its first
 * cause. Messages hold addresses.
 */
final class Failure {
  private static final int DEEPEST = 8; // causes may go round

  private Failure() {}

  static String name(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < DEEPEST && cause(cause) != null; ++depth) cause = cause(cause);
    return cause == failure ? own(failure) : own(failure) + ": " + own(cause);
  }

  /** Jedis has what became of each address of a name as suppressed. */
  private static Throwable cause(Throwable failure) {
    if (failure.getCause() != null) return failure.getCause();
    Throwable[] suppressed = failure.getSuppressed();
    return suppressed.length > 0 ? suppressed[0] : null;
  }

  private static String own(Throwable failure) {
    String name = failure.getClass().getName();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
