// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawScope;
import java.util.Objects;

/** Where a builder makes what it builds: a scope, and under which name. */
final class Place {
  final RawScope scope;
  final String name;

  private Place(RawScope scope, String name) {
    this.scope = scope;
    this.name = name;
  }

  /** Where there is no scope: in this process, with a name for its messages. */
  static Place of(Scope scope, String name) {
    Objects.requireNonNull(name, "name");
    return new Place(scope == null ? null : scope.raw, name);
  }
}
