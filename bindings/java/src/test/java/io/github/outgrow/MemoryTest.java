// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import outgrow.children.CreateAndClose;

class MemoryTest {
  /**
   * Of 900,000 handles none may keep 20 bytes. The heap is touched before, so that it grows no
   * more.
   */
  @Test
  void aMillionNounsLeaveNothingBehind(@TempDir Path folder) throws Exception {
    Child.Ended ended =
        Child.run(
            folder,
            CreateAndClose.class,
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch");
    assertEquals("", ended.err());
    assertEquals(0, ended.exit());
    long grown = Long.parseLong(ended.out().trim());
    assertTrue(grown < 16 * 1024, "grew by " + grown + " KiB");
  }
}
