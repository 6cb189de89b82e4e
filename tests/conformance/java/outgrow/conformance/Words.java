// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.InvalidArgumentException;
import io.github.outgrow.OutgrowException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** The vectors' words for what the API answers and throws. */
final class Words {
  private Words() {}

  static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** "ok" once it was settled, "lapsed" else, "invalid" when thrown. */
  static String settled(Callable<Boolean> call) throws Exception {
    try {
      return call.call() ? "ok" : "lapsed";
    } catch (InvalidArgumentException e) {
      return "invalid";
    }
  }

  /** "ok", or "invalid" when thrown. */
  static String done(Action action) throws Exception {
    try {
      action.run();
      return "ok";
    } catch (OutgrowException e) {
      return "invalid";
    }
  }

  /** What it returns, or "invalid" when thrown. */
  static Object orInvalid(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (InvalidArgumentException e) {
      return "invalid";
    }
  }

  /** What it returns, or the error's number and option. */
  static Object orError(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (OutgrowException e) {
      return Map.of("error", e.code().number(), "option", e.option());
    }
  }

  /** What it returns, or the error's number. */
  static Object orNumber(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (OutgrowException e) {
      return e.code().number();
    }
  }

  interface Action {
    void run() throws Exception;
  }
}
