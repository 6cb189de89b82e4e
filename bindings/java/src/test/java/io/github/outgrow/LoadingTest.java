// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import outgrow.children.PrintVersion;

/** Where the library comes from, each in a JVM of its own. None may print a warning. */
class LoadingTest {
  @TempDir private Path folder;

  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private Child.Ended load(String... options) throws Exception {
    return Child.run(folder, PrintVersion.class, options);
  }

  private void loads(String... options) throws Exception {
    Child.Ended ended = load(options);
    assertEquals("", ended.err());
    assertEquals(Outgrow.version() + "\n", ended.out());
  }

  private void fails(String why, String... options) throws Exception {
    Child.Ended ended = load(options);
    assertNotEquals(0, ended.exit());
    assertTrue(ended.err().contains(why), ended.err());
    assertTrue(
        ended
            .err()
            .contains(
                "Set -Doutgrow.library.path to a liboutgrow_java.so of outgrow "
                    + Outgrow.version()
                    + ", such as a copy of the jar's native/"),
        ended.err());
    assertTrue(ended.err().contains("or -Djava.io.tmpdir to a folder"), ended.err());
  }

  private static Path library() throws IOException {
    try (Stream<Path> files = Files.walk(Child.CLASSES.resolve("native"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  private static List<Path> unpacked(Path tmpdir) throws IOException {
    try (Stream<Path> files = Files.walk(tmpdir)) {
      return files
          .filter(
              path -> path.getParent().getParent().getFileName().toString().startsWith("outgrow-"))
          .toList();
    }
  }

  private Path tmpdir(String permissions) throws IOException {
    Path made = Files.createDirectory(folder.resolve("tmp"));
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void thePropertyNamesAFileOrItsFolder() throws Exception {
    Path nowhere = tmpdir("rwx------");
    loads("-Doutgrow.library.path=" + library(), "-Djava.io.tmpdir=" + nowhere);
    loads("-Doutgrow.library.path=" + library().getParent(), "-Djava.io.tmpdir=" + nowhere);
    assertEquals(List.of(), unpacked(nowhere));
    fails("cannot load " + nowhere, "-Doutgrow.library.path=" + nowhere);
  }

  @Test
  void javaLibraryPathIsNext() throws Exception {
    Path nowhere = tmpdir("rwx------");
    loads("-Djava.library.path=/nowhere:" + library().getParent(), "-Djava.io.tmpdir=" + nowhere);
    assertEquals(List.of(), unpacked(nowhere));
  }

  @Test
  void theJarsIsUnpackedOnceForItsUserAlone() throws Exception {
    Path tmpdir = tmpdir("rwx------");
    loads("-Djava.io.tmpdir=" + tmpdir);
    List<Path> first = unpacked(tmpdir);
    assertEquals(1, first.size(), first::toString);
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(first.get(0).getParent())));
    var modified = Files.getLastModifiedTime(first.get(0));
    loads("-Djava.io.tmpdir=" + tmpdir);
    assertEquals(modified, Files.getLastModifiedTime(first.get(0)));

    Files.write(first.get(0), new byte[] {1, 2, 3}); // broken: unpacked again
    loads("-Djava.io.tmpdir=" + tmpdir);
    assertEquals(Files.size(library()), Files.size(first.get(0)));
  }

  @Test
  void manyJvmsStartTogether() throws Exception {
    Path tmpdir = tmpdir("rwx------");
    List<Process> processes = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    for (int i = 0; i < 6; ++i) {
      folders.add(Files.createDirectory(folder.resolve("jvm" + i)));
      processes.add(Child.start(folders.get(i), PrintVersion.class, "-Djava.io.tmpdir=" + tmpdir));
    }
    for (int i = 0; i < processes.size(); ++i) {
      Child.Ended ended = Child.end(folders.get(i), processes.get(i));
      assertEquals("", ended.err());
      assertEquals(0, ended.exit());
    }
    assertEquals(1, unpacked(tmpdir).size());
  }

  @Test
  void aRelativeFolderWillDo() throws Exception {
    Path tmpdir = tmpdir("rwx------");
    loads("-Djava.io.tmpdir=" + Path.of("").toAbsolutePath().relativize(tmpdir));
    assertEquals(1, unpacked(tmpdir).size());
  }

  /** In a container a user need not have a name: the JDK says "?" then, for each of them. */
  @Test
  void aUserNeedNotHaveAName() throws Exception {
    Path tmpdir = tmpdir("rwx------");
    String own = "outgrow-uid-" + Files.getAttribute(tmpdir, "unix:uid");
    for (String name : List.of("?", "", "../elsewhere", ".", "a/b")) {
      loads("-Djava.io.tmpdir=" + tmpdir, "-Duser.name=" + name);
      assertEquals(List.of(own), names(tmpdir), name);
    }
    assertEquals(
        List.of("tmp"), names(folder).stream().filter(name -> !name.matches("out|err")).toList());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }

  @Test
  void anothersFolderIsNotTrusted() throws Exception {
    Path tmpdir = tmpdir("rwx------");
    Path claimed =
        Files.createDirectory(tmpdir.resolve("outgrow-" + System.getProperty("user.name")));
    Files.setPosixFilePermissions(claimed, PosixFilePermissions.fromString("rwxrwxrwx"));
    goesElsewhere(claimed, tmpdir);
    Files.setPosixFilePermissions(claimed, PosixFilePermissions.fromString("rwx------"));
    loads("-Djava.io.tmpdir=" + tmpdir);
    assertEquals(1, unpacked(tmpdir).size());
    if (ROOT) {
      Files.setAttribute(claimed, "unix:uid", 12345);
      goesElsewhere(claimed, tmpdir);
    }
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    Path tmpdir = tmpdir("rwx------");
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(
        tmpdir.resolve("outgrow-" + System.getProperty("user.name")), elsewhere);
    goesElsewhere(elsewhere, tmpdir);
  }

  /**
   * Into a folder of a random name, and back. A file that came and went would show in the folder's
   * time.
   */
  private void goesElsewhere(Path claimed, Path tmpdir) throws Exception {
    List<String> before = names(tmpdir);
    Files.setLastModifiedTime(claimed, FileTime.fromMillis(0));
    loads("-Djava.io.tmpdir=" + tmpdir);
    assertEquals(FileTime.fromMillis(0), Files.getLastModifiedTime(claimed));
    assertEquals(before, names(tmpdir));
  }

  @Test
  void aPlatformThatTheJarLacksIsSaid() throws Exception {
    Child.Ended ended = load("-Dos.name=Plan 9", "-Dos.arch=mips64");
    assertNotEquals(0, ended.exit());
    String has = library().getParent().getFileName().toString();
    assertTrue(
        ended
            .err()
            .contains(
                "the jar has no library for plan-mips64 (os.name=Plan 9, os.arch=mips64); it has "
                    + has
                    + ". Set -Doutgrow.library.path to a liboutgrow_java.so of outgrow "
                    + Outgrow.version()
                    + " built for this platform"),
        ended.err());
  }

  @Test
  void aReadOnlyFolderIsSaid() throws Exception {
    if (ROOT) {
      // To root every folder can be written to, but those of a file system that none can.
      fails("cannot unpack the library", "-Djava.io.tmpdir=/proc");
    } else {
      fails("cannot unpack the library", "-Djava.io.tmpdir=" + tmpdir("r-x------"));
    }
  }

  @Test
  void aFolderThatNothingRunsFromIsSaid() throws Exception {
    Path tmpdir = tmpdir("rwx------");
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", tmpdir.toString())
            .redirectErrorStream(true)
            .start();
    assumeTrue(mount.waitFor() == 0, "only root may mount a file system");
    try {
      fails("cannot load " + tmpdir, "-Djava.io.tmpdir=" + tmpdir);
    } finally {
      new ProcessBuilder("umount", tmpdir.toString()).start().waitFor();
    }
  }
}
