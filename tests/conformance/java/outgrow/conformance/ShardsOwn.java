// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import io.github.outgrow.Clock;
import io.github.outgrow.KeyRange;
import io.github.outgrow.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The driver's own is the map that {@code mark} remembers. */
final class ShardsOwn {
  private ShardsOwn() {}

  static void open(ShardsDriver driver, Step vector, Clock clock) {
    ShardMap.Builder builder = vector.object("config").options(ShardMap.builder());
    Step setup = vector.object("setup");
    if (setup.has("splits")) {
      List<byte[]> splits = new ArrayList<>();
      for (JsonElement split : setup.list("splits")) splits.add(bytes(split));
      driver.shards = builder.build(splits);
    } else {
      driver.shards = builder.build();
    }
    driver.own = driver.shards.copy();
  }

  static void close(ShardsDriver driver) {
    marked(driver).close();
  }

  private static ShardMap marked(ShardsDriver driver) {
    return (ShardMap) driver.own;
  }

  static Object of(ShardsDriver driver, Step step, long now) {
    return step.isText("key")
        ? driver.shards.of(step.text("key"))
        : driver.shards.of(step.integer("key", 0));
  }

  static Object ofMany(ShardsDriver driver, Step step, long now) {
    var all = StreamSupport.stream(step.list("keys").spliterator(), false);
    return step.list("keys").get(0).getAsJsonPrimitive().isString()
        ? driver.shards.ofMany(all.map(JsonElement::getAsString).toList())
        : driver.shards.ofMany(all.mapToLong(JsonElement::getAsLong).toArray());
  }

  static Object span(ShardsDriver driver, Step step, long now) {
    return driver.shards.span(key(step, "first"), key(step, "end"));
  }

  static Object split(ShardsDriver driver, Step step, long now) throws Exception {
    int shard = (int) step.integer("shard", 0);
    return Answers.done(() -> driver.shards.split(key(step, "key"), shard));
  }

  static Object merge(ShardsDriver driver, Step step, long now) throws Exception {
    return Answers.done(() -> driver.shards.merge(key(step, "key")));
  }

  static Object ranges(ShardsDriver driver, Step step, long now) throws Exception {
    return Answers.orInvalid(() -> list(driver.shards.ranges(), false));
  }

  static Object mark(ShardsDriver driver, Step step, long now) {
    close(driver);
    driver.own = driver.shards.copy();
    return "ok";
  }

  static Object goBack(ShardsDriver driver, Step step, long now) throws Exception {
    return Answers.done(() -> driver.shards.assign(marked(driver)));
  }

  static Object moves(ShardsDriver driver, Step step, long now) throws Exception {
    return Answers.orInvalid(() -> list(marked(driver).moves(driver.shards), true));
  }

  static Object movedShare(ShardsDriver driver, Step step, long now) {
    return marked(driver).movedShare(driver.shards).orElse(-2);
  }

  static Object move(ShardsDriver driver, Step step, long now) {
    return marked(driver)
        .move(driver.shards, key(step, "key"))
        .<Object>map(move -> List.of(move.from(), move.to()))
        .orElse("stays");
  }

  private static List<Object> list(List<KeyRange> ranges, boolean moves) {
    List<Object> all = new ArrayList<>();
    for (KeyRange range : ranges) {
      List<Object> row =
          new ArrayList<>(List.of(text(range.first()), text(range.end()), range.from()));
      if (moves) row.add(range.to());
      all.add(row);
    }
    return all;
  }

  private static String text(byte[] key) {
    return new String(key, UTF_8);
  }

  private static byte[] key(Step step, String name) {
    return bytes(step.json().get(name));
  }

  /** A text's bytes, or those that stand for an integer. */
  private static byte[] bytes(JsonElement key) {
    return key.getAsJsonPrimitive().isString()
        ? key.getAsString().getBytes(UTF_8)
        : ShardMap.int64Key(key.getAsLong());
  }
}
