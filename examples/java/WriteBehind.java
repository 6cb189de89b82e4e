// SPDX-License-Identifier: Apache-2.0

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Cache;
import io.github.outgrow.CachedStore;
import io.github.outgrow.CachedStoreOptions;
import io.github.outgrow.CachedStoreStat;
import io.github.outgrow.Clock;
import io.github.outgrow.Codec;
import io.github.outgrow.CustomStore;
import io.github.outgrow.Store;
import io.github.outgrow.Write;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/**
 * A store of one's own behind a cache: writes are acknowledged at once and go out many at a time.
 */
final class WriteBehind {
  /** Would be a client of a database. */
  private static final class Rows implements CustomStore {
    private final TreeMap<String, String> rows = new TreeMap<>();

    @Override
    public byte[] get(byte[] key) {
      System.out.println("  reads " + text(key));
      String row = rows.get(text(key));
      return row == null ? null : row.getBytes(UTF_8);
    }

    @Override
    public void set(byte[] key, byte[] value) {
      rows.put(text(key), text(value));
    }

    @Override
    public void delete(byte[] key) {
      rows.remove(text(key));
    }

    @Override
    public void batchWrite(List<Write> writes) throws Exception {
      System.out.println("  writes " + writes.size() + " rows");
      CustomStore.super.batchWrite(writes);
    }

    private static String text(byte[] bytes) {
      return new String(bytes, UTF_8);
    }
  }

  public static void main(String[] arguments) {
    Rows rows = new Rows();
    try (Clock clock = Clock.manual(0); // a real service leaves the clock out
        Store store = Store.of(rows);
        Cache<String, String> cache =
            Cache.builder().clock(clock).build(Codec.text(), Codec.text());
        CachedStore<String, String> counts =
            CachedStore.builder()
                .mode(CachedStoreOptions.Mode.BEHIND)
                .flushInterval(Duration.ofSeconds(5))
                .build(cache, store)) {
      System.out.println("first: " + counts.get("page"));
      for (int i = 1; i <= 100; ++i) counts.set("page", Integer.toString(i));
      counts.set("other", "1");
      System.out.println("read back: " + counts.find("page"));
      System.out.println("in the store: " + rows.rows);
      clock.advance(Duration.ofSeconds(5));
      counts.pump(); // a store of the library's has a thread for this
      System.out.println("in the store: " + rows.rows);
      System.out.println("overtaken in the buffer: " + counts.stat(CachedStoreStat.COALESCED));
    }
  }
}
