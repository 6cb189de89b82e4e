// SPDX-License-Identifier: Apache-2.0
package outgrow.children;

import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.RateLimiter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes and closes a million nouns; prints by how many KiB the process grew after the first tenth.
 */
public final class CreateAndClose {
  private CreateAndClose() {}

  public static void main(String[] arguments) throws Exception {
    makeAndClose(50_000);
    long before = residentKib();
    makeAndClose(450_000);
    System.out.println(residentKib() - before);
  }

  private static void makeAndClose(int times) {
    for (int i = 0; i < times; ++i) {
      CircuitBreaker.builder().failureThreshold(3).build().close();
      try (RateLimiter limiter = RateLimiter.builder().rate("1/s").keys(1).build()) {
        limiter.tryAcquire("a");
      }
    }
  }

  private static long residentKib() throws Exception {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", ""));
    }
    throw new IllegalStateException("no VmRSS");
  }
}
