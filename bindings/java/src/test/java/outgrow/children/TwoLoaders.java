// SPDX-License-Identifier: Apache-2.0
package outgrow.children;

import io.github.outgrow.Outgrow;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/**
 * Prints the version of the library as this class loader has it, and as two others do that load it
 * too.
 */
public final class TwoLoaders {
  private TwoLoaders() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println(Outgrow.version());
    URL[] classes = {Path.of(System.getProperty("outgrow.classes")).toUri().toURL()};
    for (int i = 0; i < 2; ++i) {
      try (URLClassLoader other = new URLClassLoader(classes, null)) {
        Class<?> here = other.loadClass(Outgrow.class.getName());
        if (here.getClassLoader() != other) throw new AssertionError("not loaded by the other");
        System.out.println(here.getMethod("version").invoke(null));
      }
    }
  }
}
