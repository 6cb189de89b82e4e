// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Clock;
import io.github.outgrow.CustomStore;
import io.github.outgrow.Store;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A program's own store that fails as it is told to. */
final class ToldStore implements CustomStore {
  final Map<String, String> rows = new HashMap<>();

  /** "" for not at all, "reads", "refused", or "applied": after the write. */
  String how = "";

  @Override
  public byte[] get(byte[] key) throws IOException {
    if (how.equals("reads")) throw new IOException("told to fail");
    String row = rows.get(new String(key, UTF_8));
    return row == null ? null : row.getBytes(UTF_8);
  }

  @Override
  public void set(byte[] key, byte[] value) throws IOException {
    if (!how.equals("refused")) rows.put(new String(key, UTF_8), new String(value, UTF_8));
    failWrite();
  }

  @Override
  public void delete(byte[] key) throws IOException {
    if (!how.equals("refused")) rows.remove(new String(key, UTF_8));
    failWrite();
  }

  Store store(Clock clock) {
    return Store.of(this, clock);
  }

  // Vectors' operations.

  Object row(Step step) {
    return rows.get(step.text("key"));
  }

  Object put(Step step) {
    rows.put(step.text("key"), step.text("value"));
    return "ok";
  }

  Object fail(Step step) {
    how = step.text("how");
    return "ok";
  }

  private void failWrite() throws IOException {
    if (how.equals("refused") || how.equals("applied")) throw new IOException("told to fail");
  }
}
