// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds and loads the C library: where {@code outgrow.library.path} says, else in {@code
 * java.library.path}, else out of the jar. Its version must be the jar's.
 */
final class NativeLibrary {
  static final String PROPERTY = "outgrow.library.path";
  private static final String FILE = System.mapLibraryName("outgrow_java");

  private NativeLibrary() {}

  static void load() {
    Path path = named();
    if (path != null) {
      load(path);
    } else {
      ExtractedLibrary extracted = extracted();
      try {
        load(extracted.path);
      } finally {
        extracted.loaded();
      }
    }
    String version = Text.decode(OutgrowJNI.og_version());
    if (!version.equals(Constants.OG_VERSION)) {
      throw error(
          (path == null ? "the library" : path)
              + " is outgrow "
              + version
              + ", and the jar "
              + Constants.OG_VERSION,
          null);
    }
  }

  private static void load(Path path) {
    try {
      System.load(path.toString());
    } catch (UnsatisfiedLinkError e) {
      if (!loadAgain(path)) throw error("cannot load " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * The first time it may have failed because another class loader has it: two web applications.
   */
  private static boolean loadAgain(Path path) {
    if (!Files.isRegularFile(path)) return false;
    try {
      ExtractedLibrary again = ExtractedLibrary.another(path);
      try {
        System.load(again.path.toString());
      } finally {
        again.loaded();
      }
      return true;
    } catch (IOException | UnsatisfiedLinkError e) {
      return false; // the first failure says why
    }
  }

  /** Where the program says that it is, or null. */
  private static Path named() {
    String told = System.getProperty(PROPERTY);
    if (told != null) {
      Path path = Path.of(told).toAbsolutePath();
      return Files.isDirectory(path) ? path.resolve(FILE) : path;
    }
    for (String folder : System.getProperty("java.library.path", "").split(File.pathSeparator)) {
      Path path = Path.of(folder, FILE).toAbsolutePath();
      if (!folder.isEmpty() && Files.isRegularFile(path)) return path;
    }
    return null;
  }

  private static ExtractedLibrary extracted() {
    String resource = "/native/" + platform() + "/" + FILE;
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      if (in == null) throw none();
      return ExtractedLibrary.of(in.readAllBytes(), FILE);
    } catch (IOException e) {
      throw error("cannot unpack the library from the jar: " + e, e);
    }
  }

  /** There is nothing in the jar to copy. */
  private static UnsatisfiedLinkError none() {
    return new UnsatisfiedLinkError(
        "the jar has no library for "
            + platform()
            + " (os.name="
            + System.getProperty("os.name")
            + ", os.arch="
            + System.getProperty("os.arch")
            + "); it has "
            + platforms()
            + ". Set -D"
            + PROPERTY
            + " to a "
            + FILE
            + " of outgrow "
            + Constants.OG_VERSION
            + " built for this platform");
  }

  /** What the jar has, or the folder of classes that stands for it. */
  private static String platforms() {
    Set<String> found = new TreeSet<>();
    try {
      Path at =
          Path.of(NativeLibrary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(at)) {
        addFolders(at.resolve("native"), found);
      } else {
        try (FileSystem jar = FileSystems.newFileSystem(at)) {
          addFolders(jar.getPath("native"), found);
        }
      }
    } catch (Exception e) {
      return "what cannot be listed: "
          + e; // in an image or a jar within a jar; no reason to say less of the rest
    }
    return found.isEmpty() ? "none" : String.join(", ", found);
  }

  private static void addFolders(Path path, Set<String> to) throws IOException {
    if (!Files.isDirectory(path)) return;
    try (Stream<Path> folders = Files.list(path)) {
      folders.map(folder -> folder.getFileName().toString().replace("/", "")).forEach(to::add);
    }
  }

  private static String platform() {
    String os =
        System.getProperty("os.name").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9].*", "");
    String arch = System.getProperty("os.arch");
    return os + "-" + (arch.equals("amd64") ? "x86_64" : arch);
  }

  private static UnsatisfiedLinkError error(String what, Throwable cause) {
    String message =
        what
            + ". Set -D"
            + PROPERTY
            + " to a "
            + FILE
            + " of outgrow "
            + Constants.OG_VERSION
            + ", such as a copy of the jar's native/"
            + platform()
            + "/"
            + FILE
            + ", or -Djava.io.tmpdir to a folder that can be written to and run from";
    UnsatisfiedLinkError error = new UnsatisfiedLinkError(message);
    error.initCause(cause);
    return error;
  }
}
