// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/** What the library's scalars say: outcomes are returned, errors thrown. */
final class Status {
  private Status() {}

  /** The answer, unless it is an error; blame says what of the arguments is at fault. */
  static long check(long answer, String blame) {
    if (answer <= Constants.OG_INVALID_ARGUMENT) {
      String message = answer == Constants.OG_INVALID_ARGUMENT ? blame : null;
      throw OutgrowException.of((int) answer, message, "");
    }
    return answer;
  }

  static int check(int answer, String blame) {
    return (int) check((long) answer, blame);
  }

  /** The same; blame and number are put together only when they are needed. */
  static long check(long answer, String blame, long number) {
    return answer <= Constants.OG_INVALID_ARGUMENT ? check(answer, blame + number) : answer;
  }

  static int check(int answer, String blame, long number) {
    return (int) check((long) answer, blame, number);
  }

  /** Whether it was OK; false when it was another outcome. */
  static boolean ok(long answer, String blame) {
    return check(answer, blame) == Constants.OG_OK;
  }

  static boolean ok(long answer, String blame, long number) {
    return check(answer, blame, number) == Constants.OG_OK;
  }

  /** In how long; empty for never, which NONE stands for. */
  static Optional<Duration> perhaps(long answer, String blame) {
    long in = check(answer, blame);
    return in == Constants.OG_NONE ? Optional.empty() : Optional.of(Duration.ofNanos(in));
  }

  static Optional<Duration> perhaps(long answer, String blame, long number) {
    check(answer, blame, number);
    return perhaps(answer, blame);
  }

  /** A real number; empty for none. */
  static OptionalDouble number(double answer, String blame) {
    if (answer == Constants.OG_NONE) return OptionalDouble.empty();
    if (answer < 0) check((long) answer, blame);
    return OptionalDouble.of(answer);
  }

  static OptionalDouble number(double answer, String blame, double given) {
    return answer == Constants.OG_INVALID_ARGUMENT
        ? number(answer, blame + given)
        : number(answer, blame);
  }
}
