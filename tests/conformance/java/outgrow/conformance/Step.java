// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.outgrow.Options;
import io.github.outgrow.ShardMap;
import io.github.outgrow.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.LongStream;

/** A step, or another object of a vector: its members, with a fallback where it has none. */
record Step(JsonObject json) {
  boolean has(String name) {
    return json.has(name);
  }

  boolean timeGiven() {
    return text("time", "").equals("given");
  }

  String text(String name, String fallback) {
    return isText(name) ? json.get(name).getAsString() : fallback;
  }

  String text(String name) {
    return text(name, "");
  }

  boolean isText(String name) {
    return has(name)
        && json.get(name).isJsonPrimitive()
        && json.getAsJsonPrimitive(name).isString();
  }

  byte[] bytes(String name) {
    return text(name, "").getBytes(UTF_8);
  }

  long integer(String name, long fallback) {
    return has(name) ? json.get(name).getAsLong() : fallback;
  }

  /** NaN for null. */
  double number(String name) {
    return number(json.get(name));
  }

  static double number(JsonElement element) {
    return element == null || element.isJsonNull() ? Double.NaN : element.getAsDouble();
  }

  boolean flag(String name, boolean fallback) {
    return has(name) ? json.get(name).getAsBoolean() : fallback;
  }

  JsonArray list(String name) {
    return json.getAsJsonArray(name);
  }

  List<String> texts(String name) {
    List<String> all = new ArrayList<>();
    for (JsonElement element : list(name)) all.add(element.getAsString());
    return all;
  }

  /** Bytes: a text, in hexadecimal where "hex" says so, or an integer's key; null for null. */
  byte[] rawOf(JsonElement member) {
    if (member.isJsonNull()) return null;
    if (!member.getAsJsonPrimitive().isString()) return ShardMap.int64Key(member.getAsLong());
    return flag("hex", false)
        ? HexFormat.of().parseHex(member.getAsString())
        : member.getAsString().getBytes(UTF_8);
  }

  byte[] raw(String name) {
    return rawOf(json.get(name));
  }

  List<byte[]> raws(String name) {
    List<byte[]> all = new ArrayList<>();
    if (has(name)) for (JsonElement member : list(name)) all.add(rawOf(member));
    return all;
  }

  /** A batch: [key, value or null] each. */
  List<Write> writes(String name) {
    List<Write> all = new ArrayList<>();
    for (JsonElement each : list(name)) {
      JsonArray write = each.getAsJsonArray();
      all.add(new Write(rawOf(write.get(0)), rawOf(write.get(1))));
    }
    return all;
  }

  double[] reals(String name) {
    return list(name).asList().stream().mapToDouble(Step::number).toArray();
  }

  boolean isList(String name) {
    return json.get(name).isJsonArray();
  }

  int[] shards(String name) {
    return list(name).asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }

  /** A time for each of the list of that name, {@code every_ms} apart. */
  long[] spaced(String name) {
    long from = integer("from_ms", 0), every = integer("every_ms", 0);
    return LongStream.range(0, list(name).size())
        .map(i -> (from + i * every) * 1_000_000)
        .toArray();
  }

  /** Null for no list. */
  long[] wholes(String name) {
    if (!has(name)) return null;
    return list(name).asList().stream().mapToLong(JsonElement::getAsLong).toArray();
  }

  /** The time to live that it says, or null. */
  Duration ttl() {
    return has("ttl_ms") ? Duration.ofMillis(integer("ttl_ms", 0)) : null;
  }

  /** The member as an object; empty where there is none. */
  Step object(String name) {
    return new Step(has(name) ? json.getAsJsonObject(name) : new JsonObject());
  }

  /** Hands the members to a builder as options. */
  <B extends Options<?>> B options(B builder) {
    json.asMap()
        .forEach(
            (name, value) -> {
              var primitive = value.getAsJsonPrimitive();
              if (primitive.isString()) {
                builder.option(name, value.getAsString());
              } else if (primitive.isBoolean()) {
                builder.option(name, value.getAsBoolean());
              } else if (value.getAsString().matches("-?\\d+")) {
                builder.option(name, value.getAsLong());
              } else {
                builder.option(name, value.getAsDouble());
              }
            });
    return builder;
  }
}
