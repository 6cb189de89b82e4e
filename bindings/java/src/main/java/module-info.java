// SPDX-License-Identifier: Apache-2.0

/**
 * Scaling patterns on a native library. Run with {@code --enable-native-access=io.github.outgrow}
 * (on the class path, {@code ALL-UNNAMED}), which newer JDKs ask for.
 */
module io.github.outgrow {
  exports io.github.outgrow;
}
