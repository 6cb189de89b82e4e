// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A system of record answered with an error. Its cause is what a {@link CustomStore} threw, if it
 * was one.
 */
public final class StoreException extends OutgrowException {
  private static final long serialVersionUID = 1;

  StoreException(ErrorCode code, String message, Throwable cause) {
    super(code, message, "", cause);
  }
}
