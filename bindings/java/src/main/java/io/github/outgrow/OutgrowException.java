// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.OutgrowJNI;
import io.github.outgrow.raw.Text;
import java.util.concurrent.CancellationException;

/**
 * An error of the library, with its message word for word. Denied, open, miss, absent and full are
 * no errors: they are what methods return, or a {@link RejectedException} where a caller wanted the
 * work done.
 */
public class OutgrowException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of error it is. */
  private final ErrorCode code;

  /** The option at fault, or the empty text. */
  private final String option;

  OutgrowException(ErrorCode code, String message, String option, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.option = option;
  }

  /**
   * What kind of error it is.
   *
   * @return the code
   */
  public ErrorCode code() {
    return code;
  }

  /**
   * The option at fault.
   *
   * @return its name, or the empty text when no option is at fault
   */
  public String option() {
    return option;
  }

  /** What the C layer throws by. */
  private static void raise(int status, byte[] message, byte[] option) {
    throw of(status, Text.decode(message), option == null ? "" : Text.decode(option));
  }

  static RuntimeException of(int status, String message, String option) {
    ErrorCode code = ErrorCode.of(status);
    String said = message != null ? message : Text.decode(OutgrowJNI.og_status_text(status));
    switch (status) {
      case Constants.OG_INVALID_ARGUMENT:
        return new InvalidArgumentException(said, option);
      case Constants.OG_UNKNOWN_OPTION:
      case Constants.OG_BAD_VALUE:
        return new OptionException(code, said, option);
      case Constants.OG_IO:
      case Constants.OG_STORE:
      case Constants.OG_TIMEOUT:
        return new StoreException(code, said, CustomStoreFailure.cause());
      case Constants.OG_INTERRUPTED:
        return new CancellationException("interrupted: " + said);
      default:
        return new OutgrowException(code, said, option, null);
    }
  }
}
