// SPDX-License-Identifier: Apache-2.0
package outgrow.children;

import io.github.outgrow.Outgrow;

/** Loads the library and says which it is. */
public final class PrintVersion {
  private PrintVersion() {}

  public static void main(String[] arguments) {
    System.out.println(Outgrow.version());
  }
}
