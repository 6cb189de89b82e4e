// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import outgrow.children.UseCustomStore;

class CustomStoreJniTest {
  /** The JVM checks what the native code does, and says on stdout what it may not. */
  @Test
  void isCalledAsTheJvmWantsIt(@TempDir Path folder) throws Exception {
    Child.Ended ended = Child.run(folder, UseCustomStore.class, "-Xcheck:jni");
    assertEquals("", ended.err());
    assertEquals("9\n", ended.out());
  }
}
