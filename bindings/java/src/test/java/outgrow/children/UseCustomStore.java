// SPDX-License-Identifier: Apache-2.0
package outgrow.children;

import io.github.outgrow.Cache;
import io.github.outgrow.CachedStore;
import io.github.outgrow.CustomStore;
import io.github.outgrow.Store;
import io.github.outgrow.StoreException;
import io.github.outgrow.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Each way through a store of Java's, its failures too; prints how often it has failed. */
public final class UseCustomStore implements CustomStore {
  private final Map<String, byte[]> rows = new HashMap<>();
  private boolean late;

  @Override
  public byte[] get(byte[] key) throws TimeoutException {
    return rows.get(act(key));
  }

  @Override
  public void set(byte[] key, byte[] value) throws TimeoutException {
    rows.put(act(key), value);
  }

  @Override
  public void delete(byte[] key) throws TimeoutException {
    rows.remove(act(key));
  }

  private String act(byte[] key) throws TimeoutException {
    if (late) throw new TimeoutException("late");
    return new String(key, java.nio.charset.StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) {
    UseCustomStore custom = new UseCustomStore();
    int failed = 0;
    try (Store store = Store.of(custom);
        Cache<String, byte[]> cache = Cache.builder().build();
        CachedStore<String, byte[]> cached = CachedStore.builder().build(cache, store)) {
      List<Runnable> uses =
          List.of(
              () -> store.set("a", new byte[1000]),
              () -> store.get("a"),
              () -> store.get("none"),
              () -> store.delete("a"),
              () ->
                  store.batchWrite(
                      List.of(new Write(new byte[300], new byte[1]), new Write(new byte[1], null))),
              () -> cached.set("b", new byte[1]),
              () -> cached.get("b"),
              () -> cached.get("none"),
              () -> cached.getMany(List.of("b", "c", "d")));
      for (int round = 0; round < 2; ++round) {
        for (Runnable use : uses) {
          try {
            use.run();
          } catch (StoreException e) {
            ++failed;
          }
        }
        cache.clear();
        custom.late = true;
      }
    }
    System.out.println(failed);
  }
}
