// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import outgrow.children.TwoLoaders;
import outgrow.children.UseAndLeave;

/**
 * A JVM in which several class loaders have the jar: a servlet container, deploying and
 * undeploying.
 */
class ClassLoadersTest {
  @TempDir private Path folder;

  private void loadsThreeTimes(String... options) throws Exception {
    Stream<String> all =
        Stream.concat(
            Stream.of("-Doutgrow.classes=" + Child.CLASSES, "--enable-native-access=ALL-UNNAMED"),
            Stream.of(options));
    Child.Ended ended = Child.run(folder, TwoLoaders.class, all.toArray(String[]::new));
    assertEquals("", ended.err());
    assertEquals((Outgrow.version() + "\n").repeat(3), ended.out());
  }

  private Path tmpdir() throws Exception {
    return Files.createDirectory(folder.resolve("tmp"));
  }

  private static List<Path> files(Path below) throws Exception {
    try (Stream<Path> all = Files.walk(below)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void eachLoadsTheLibrary() throws Exception {
    Path tmpdir = tmpdir();
    loadsThreeTimes("-Djava.io.tmpdir=" + tmpdir);
    assertEquals(
        1, files(tmpdir).size(), () -> "one file for all, and no other is left in " + tmpdir);
  }

  @Test
  void eachLoadsTheLibraryThatTheProgramNames() throws Exception {
    Path tmpdir = tmpdir();
    Path library = files(Child.CLASSES.resolve("native")).get(0);
    loadsThreeTimes("-Djava.io.tmpdir=" + tmpdir, "-Doutgrow.library.path=" + library);
    assertEquals(List.of(), files(tmpdir));
  }

  @Test
  void eachLoadsTheLibraryWhereOurFolderIsNotOurs() throws Exception {
    Path tmpdir = tmpdir();
    Files.createFile(tmpdir.resolve("outgrow-" + System.getProperty("user.name")));
    loadsThreeTimes("-Djava.io.tmpdir=" + tmpdir);
    assertEquals(1, files(tmpdir).size(), "the one in the way");
  }

  private static WeakReference<ClassLoader> useAndLeave() throws Exception {
    URL[] urls = {
      Child.CLASSES.toUri().toURL(), Child.TARGET.resolve("test-classes").toUri().toURL()
    };
    try (URLClassLoader loader = new URLClassLoader(urls, null)) {
      Class<?> application = loader.loadClass(UseAndLeave.class.getName());
      assertEquals(loader, application.getClassLoader());
      ((Runnable) application.getConstructor().newInstance()).run();
      return new WeakReference<>(loader);
    }
  }

  /**
   * No thread, thread local, hook or native reference: threads of ours end when they have nothing
   * to do.
   */
  @Test
  void isCollectedThoughNotAllWasClosed() throws Exception {
    WeakReference<ClassLoader> gone = useAndLeave();
    for (int i = 0; i < 600 && gone.get() != null; ++i) {
      System.gc();
      Thread.sleep(100);
    }
    assertNull(gone.get());
  }
}
