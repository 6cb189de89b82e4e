// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * What a host store threw on this thread, on its way through the library to the exception that it
 * becomes. That exception's message ends in the text kept here; a failure that was not thrown on,
 * as those that a pump tries again, is thus not taken for the cause of another.
 */
final class HostFailure {
  private static final ThreadLocal<HostFailure> LAST = new ThreadLocal<>();

  private final Throwable thrown;
  private final String text;

  private HostFailure(Throwable thrown, String text) {
    this.thrown = thrown;
    this.text = text;
  }

  /** Keeps what was thrown; one line that says so. */
  static String keep(Throwable thrown) {
    String text = String.valueOf(thrown).replaceAll("[\\r\\n\\x00]+", " ");
    LAST.set(new HostFailure(thrown, text));
    return text;
  }

  static Throwable take(String message) {
    HostFailure last = LAST.get();
    LAST.remove();
    return last != null && message.endsWith(last.text) ? last.thrown : null;
  }
}
