// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import outgrow.children.LeaveUnclosed;

/** Writes that were acknowledged reach the store though the program ends without closing it. */
class ExitFlushTest {
  @TempDir private Path folder;

  private Process start(String how) throws Exception {
    return Child.start(
        folder, LeaveUnclosed.class, "-Doutgrow.test.how=" + how, "-Doutgrow.test.file=" + file());
  }

  private Path file() {
    return folder.resolve("written");
  }

  private void endsWith(int exit, Process process) throws Exception {
    Child.Ended ended = Child.end(folder, process);
    assertEquals("", ended.err());
    assertEquals("written\n", ended.out());
    assertEquals(exit, ended.exit());
  }

  private void storesAll(String how, int exit) throws Exception {
    endsWith(exit, start(how));
    assertEquals(1_000, Files.size(file()));
  }

  @Test
  void whenMainReturns() throws Exception {
    storesAll("returns", 0);
  }

  @Test
  void whenTheProgramExits() throws Exception {
    storesAll("exit", 3);
  }

  @Test
  void whenTheProgramIsTerminated() throws Exception {
    Process process = start("terminated");
    while (process.isAlive() && Files.size(folder.resolve("out")) == 0) Thread.sleep(10);
    process.destroy();
    endsWith(128 + 15, process);
    assertEquals(1_000, Files.size(file()));
  }

  @Test
  void whenTheStoreWasCollected() throws Exception {
    storesAll("collected", 0);
  }

  @Test
  void toTheLibrarysOwnStore() throws Exception {
    endsWith(0, start("sqlite"));
    try (Store store = Store.builder().kind("sqlite").path(file()).build()) {
      for (int i = 0; i < 1_000; ++i) assertEquals(1, store.get("k" + i).length, "k" + i);
    }
  }

  @Test
  void aStoreThatHangsDoesNotKeepTheProgram() throws Exception {
    Process process = start("hangs");
    Child.Ended ended = Child.end(folder, process);
    assertEquals(0, ended.exit());
    assertTrue(ended.out().equals("written\n"), ended.out());
  }
}
