// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.List;

/** Too many shards of a query failed for its policy. */
public final class QueryFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Which shards, and why. */
  private final transient List<ShardFailure> failures;

  QueryFailedException(List<ShardFailure> failures) {
    super("too many shards failed: " + failures);
    this.failures = failures;
  }

  /**
   * Which shards failed, and why.
   *
   * @return in the order in which they failed
   */
  public List<ShardFailure> failures() {
    return failures;
  }
}
