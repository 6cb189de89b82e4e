// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/** An option that is unknown, missing, or has a value that does not parse or is out of range. */
public final class OptionException extends OutgrowException {
  private static final long serialVersionUID = 1;

  OptionException(ErrorCode code, String message, String option) {
    super(code, message, option, null);
  }
}
