// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawScope;
import java.util.Objects;

/** Where a builder makes what it builds: a scope, and under which name. */
final class Place {
  final RawScope scope;
  final String name;

  Place(Scope scope, String name) {
    this.scope = Objects.requireNonNull(scope, "scope").raw;
    this.name = Objects.requireNonNull(name, "name");
  }
}
