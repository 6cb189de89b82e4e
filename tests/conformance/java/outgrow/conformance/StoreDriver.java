// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.github.outgrow.Clock;
import io.github.outgrow.Store;
import io.github.outgrow.Write;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

final class StoreDriver implements Driver {
  private final Store store;

  StoreDriver(Step vector, Clock clock) {
    store = vector.object("config").options(Store.builder()).clock(clock).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    boolean hex = step.flag("hex", false);
    switch (step.op()) {
      case "get":
        return Words.orError(
            () -> {
              byte[] value = store.get(decode(step.json().get("key"), hex));
              return value == null
                  ? "absent"
                  : hex ? HexFormat.of().formatHex(value) : new String(value, UTF_8);
            });
      case "set":
        return done(
            () ->
                store.set(
                    decode(step.json().get("key"), hex), decode(step.json().get("value"), hex)));
      case "delete":
        return done(() -> store.delete(decode(step.json().get("key"), hex)));
      case "batch":
        List<Write> writes = new ArrayList<>();
        for (JsonElement element : step.list("writes")) {
          JsonArray write = element.getAsJsonArray();
          writes.add(new Write(decode(write.get(0), hex), decode(write.get(1), hex)));
        }
        return done(() -> store.batchWrite(writes));
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private static Object done(Words.Action action) throws Exception {
    return Words.orError(
        () -> {
          action.run();
          return "ok";
        });
  }

  private static byte[] decode(JsonElement text, boolean hex) {
    if (text.isJsonNull()) return null;
    return hex ? HexFormat.of().parseHex(text.getAsString()) : text.getAsString().getBytes(UTF_8);
  }

  @Override
  public void close() {
    store.close();
  }
}
