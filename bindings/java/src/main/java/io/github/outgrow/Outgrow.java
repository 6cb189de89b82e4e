// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.OutgrowJNI;
import io.github.outgrow.raw.Text;
import java.nio.charset.StandardCharsets;

/** The library itself. */
public final class Outgrow {
  private Outgrow() {}

  /**
   * The version of the C library, which is the jar's.
   *
   * @return such as {@code "0.1.0"}
   */
  public static String version() {
    return Text.decode(OutgrowJNI.og_version());
  }

  /**
   * The options of a noun as JSON, with types, defaults, ranges and units.
   *
   * @param noun such as {@code "limiter"}, or null for all of them as an array
   * @return the text
   */
  public static String describe(String noun) {
    byte[] name =
        noun == null
            ? null
            : (noun + "\0")
                .getBytes(StandardCharsets.UTF_8); // what is no noun is none as '?' either
    return Text.decode(OutgrowJNI.og_config_describe(name));
  }
}
