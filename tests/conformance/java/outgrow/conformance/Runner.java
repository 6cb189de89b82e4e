// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.outgrow.Clock;
import io.github.outgrow.Scope;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runner [--host] FILE...: replays vectors over the public API, and says of each whether it is ok.
 * With --host the nouns lie in a segment.
 */
final class Runner {
  private static final Gson GSON =
      new GsonBuilder()
          .serializeNulls()
          .serializeSpecialFloatingPointValues()
          .disableHtmlEscaping()
          .create();
  private static final PrintStream OUT =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  /** Where drivers make nouns that can lie in a scope, and under which name; null: on the heap. */
  static Scope scope;

  static String name = "vector";

  private static boolean host;
  private static int segments;

  private Runner() {}

  /** A name of this process's own. */
  static String segmentName() {
    return "/outgrow-vector-" + ProcessHandle.current().pid() + "-" + ++segments;
  }

  static Driver driver(String noun, Step vector, Clock clock) {
    if (noun.equals("scope")) return new ScopeDriver(vector, clock);
    if (!Drivers.ALL.containsKey(noun))
      throw new IllegalArgumentException("no driver for noun '" + noun + "'");
    return Drivers.ALL.get(noun).apply(vector, clock);
  }

  public static void main(String[] arguments) {
    host = arguments.length > 0 && arguments[0].equals("--host");
    List<String> paths = List.of(arguments).subList(host ? 1 : 0, arguments.length);
    boolean passed = !paths.isEmpty();
    for (String path : paths) {
      boolean ok = host ? replayInSegment(path) : replay(path);
      OUT.println(path + ": " + (ok ? "ok" : "FAILED"));
      passed &= ok;
    }
    System.exit(passed ? 0 : 1);
  }

  /** In a segment of the vector's own, of which nothing is left. */
  private static boolean replayInSegment(String path) {
    String segment = segmentName();
    try (Scope own = Scope.builder(segment).size("64MiB").build()) {
      Scope.remove(segment);
      scope = own;
      return replay(path);
    }
  }

  private static boolean replay(String path) {
    int number = -1;
    boolean passed = true;
    try (Clock clock = Clock.manual(0)) {
      Step vector =
          new Step(JsonParser.parseString(Files.readString(Path.of(path))).getAsJsonObject());
      String noun = vector.text("noun", "");
      if (vector.list("steps").isEmpty()) throw new IllegalArgumentException("no steps");
      try (Driver driver = driver(noun, vector, clock)) {
        long at = 0;
        for (JsonElement element : vector.list("steps")) {
          ++number;
          Step step = new Step(element.getAsJsonObject());
          at =
              step.has("at_ms")
                  ? Math.round(step.number("at_ms") * 1e6)
                  : step.integer("at_ns", at);
          if (at > clock.now()) clock.set(at);
          JsonElement seen = GSON.toJsonTree(driver.step(step, at));
          if (!step.has("expect") || !same(seen, step.json().get("expect"))) {
            OUT.println(
                path
                    + ": step "
                    + number
                    + " "
                    + GSON.toJson(element)
                    + "\n  answered "
                    + GSON.toJson(seen));
            passed = false;
          }
        }
      }
      return passed;
    } catch (Exception e) {
      OUT.println(path + ": step " + number + ": " + e);
      return false;
    }
  }

  private static boolean same(JsonElement seen, JsonElement wanted) {
    if (wanted.isJsonObject() && seen.isJsonObject()) {
      JsonObject found = seen.getAsJsonObject();
      return wanted.getAsJsonObject().asMap().entrySet().stream()
          .allMatch(
              member ->
                  found.has(member.getKey())
                      && same(found.get(member.getKey()), member.getValue()));
    }
    if (wanted.isJsonArray() && seen.isJsonArray()) {
      if (seen.getAsJsonArray().size() != wanted.getAsJsonArray().size()) return false;
      for (int i = 0; i < wanted.getAsJsonArray().size(); ++i) {
        if (!same(seen.getAsJsonArray().get(i), wanted.getAsJsonArray().get(i))) return false;
      }
      return true;
    }
    if (isNumber(wanted) && isNumber(seen) && !(isWhole(wanted) && isWhole(seen))) {
      double a = seen.getAsDouble();
      double b = wanted.getAsDouble();
      return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    }
    if (isNumber(wanted) && isNumber(seen)) return seen.getAsLong() == wanted.getAsLong();
    return seen.equals(wanted);
  }

  private static boolean isNumber(JsonElement element) {
    return element instanceof JsonPrimitive primitive && primitive.isNumber();
  }

  private static boolean isWhole(JsonElement element) {
    return element.getAsString().matches("-?\\d+");
  }
}
