// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/** An argument that the library does not take: negative, absurd, or not of this object. */
public final class InvalidArgumentException extends OutgrowException {
  private static final long serialVersionUID = 1;

  InvalidArgumentException(String message, String option) {
    super(ErrorCode.INVALID_ARGUMENT, message, option, null);
  }
}
