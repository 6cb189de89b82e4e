// SPDX-License-Identifier: Apache-2.0
package outgrow.children;

import io.github.outgrow.Cache;
import io.github.outgrow.CachedStore;
import io.github.outgrow.Codec;
import io.github.outgrow.CustomStore;
import io.github.outgrow.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes 1,000 keys behind and ends without closing anything, in the way that is asked for. */
public final class LeaveUnclosed implements CustomStore {
  private static CachedStore<String, String> kept;

  private final Path file; // null: hangs

  private LeaveUnclosed(Path file) {
    this.file = file;
  }

  @Override
  public byte[] get(byte[] key) {
    return null;
  }

  @Override
  public void set(byte[] key, byte[] value) throws Exception {
    if (file == null) Thread.sleep(Long.MAX_VALUE);
    Files.write(file, value, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public void delete(byte[] key) {}

  private static CachedStore<String, String> written(Store store, String drain) {
    Cache<String, String> cache = Cache.builder().build(Codec.text(), Codec.text());
    CachedStore<String, String> behind =
        CachedStore.builder().mode("behind").flushInterval("1h").drain(drain).build(cache, store);
    for (int i = 0; i < 1_000; ++i) behind.set("k" + i, ".");
    return behind;
  }

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(System.getProperty("outgrow.test.file"));
    String how = System.getProperty("outgrow.test.how");
    switch (how) {
      case "sqlite":
        kept = written(Store.builder().kind("sqlite").path(file).build(), "60s");
        break;
      case "hangs":
        kept = written(Store.of(new LeaveUnclosed(null)), "300ms");
        break;
      case "collected":
        written(Store.of(new LeaveUnclosed(file)), "60s");
        System.gc();
        break;
      default:
        kept = written(Store.of(new LeaveUnclosed(file)), "60s");
    }
    System.out.println("written");
    if (how.equals("exit")) System.exit(3);
    if (how.equals("terminated")) Thread.sleep(Long.MAX_VALUE);
  }
}
