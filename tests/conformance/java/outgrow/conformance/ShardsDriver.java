// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.github.outgrow.Clock;
import io.github.outgrow.KeyRange;
import io.github.outgrow.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

final class ShardsDriver implements Driver {
  private final ShardMap shards;
  private ShardMap marked;

  ShardsDriver(Step vector, Clock clock) {
    ShardMap.Builder builder = vector.object("config").options(ShardMap.builder());
    Step setup = vector.object("setup");
    if (setup.has("splits")) {
      List<byte[]> splits = new ArrayList<>();
      for (JsonElement split : setup.list("splits")) splits.add(bytes(split));
      shards = builder.build(splits);
    } else {
      shards = builder.build();
    }
    marked = shards.copy();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    switch (step.op()) {
      case "of":
        return step.isText("key")
            ? shards.of(step.text("key", ""))
            : shards.of(step.integer("key", 0));
      case "of_many":
        return many(step.list("keys"));
      case "span":
        return shards.span(key(step, "first"), key(step, "end"));
      case "count":
        return shards.count();
      case "resize":
        return Words.done(() -> shards.resize(step.integer("to", 0)));
      case "split":
        return Words.done(() -> shards.split(key(step, "key"), (int) step.integer("shard", 0)));
      case "merge":
        return Words.done(() -> shards.merge(key(step, "key")));
      case "ranges":
        return Words.orInvalid(() -> list(shards.ranges(), false));
      case "mark":
        marked.close();
        marked = shards.copy();
        return "ok";
      case "go_back":
        return Words.done(() -> shards.assign(marked));
      case "moves":
        return Words.orInvalid(() -> list(marked.moves(shards), true));
      case "moved_share":
        return marked.movedShare(shards).orElse(-2);
      case "move":
        return marked
            .move(shards, key(step, "key"))
            .<Object>map(move -> List.of(move.from(), move.to()))
            .orElse("stays");
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private int[] many(JsonArray keys) {
    boolean texts = keys.get(0).getAsJsonPrimitive().isString();
    var all = StreamSupport.stream(keys.spliterator(), false);
    return texts
        ? shards.ofMany(all.map(JsonElement::getAsString).toList())
        : shards.ofMany(all.mapToLong(JsonElement::getAsLong).toArray());
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

  @Override
  public void close() {
    marked.close();
    shards.close();
  }
}
