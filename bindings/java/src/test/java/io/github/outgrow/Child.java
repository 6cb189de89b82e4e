// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, with the library as a module and main in the class path. */
final class Child {
  static final Path TARGET = Path.of(System.getProperty("outgrow.target"));
  static final Path CLASSES = TARGET.resolve("classes");

  /**
   * @param exit its exit code @param out what it printed @param err what it complained of
   */
  record Ended(int exit, String out, String err) {}

  private Child() {}

  static Process start(Path folder, Class<?> main, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--module-path",
                CLASSES.toString(),
                "--add-modules",
                "io.github.outgrow",
                "--enable-native-access=io.github.outgrow"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", TARGET.resolve("children").toString(), main.getName()));
    Path classes = TARGET.resolve("children/" + main.getName().replace('.', '/') + ".class");
    if (!Files.exists(classes)) {
      Files.createDirectories(classes.getParent());
      try (var in = main.getResourceAsStream(main.getSimpleName() + ".class")) {
        Files.write(classes, in.readAllBytes());
      }
    }
    return new ProcessBuilder(command)
        .redirectOutput(new File(folder.toFile(), "out"))
        .redirectError(new File(folder.toFile(), "err"))
        .start();
  }

  static Ended end(Path folder, Process process) throws IOException, InterruptedException {
    if (!process.waitFor(300, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("did not end");
    }
    return new Ended(
        process.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")));
  }

  static Ended run(Path folder, Class<?> main, String... options)
      throws IOException, InterruptedException {
    return end(folder, start(folder, main, options));
  }
}
