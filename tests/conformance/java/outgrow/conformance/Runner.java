// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParser;
import io.github.outgrow.Clock;
import io.github.outgrow.Fleet;
import io.github.outgrow.Scope;
import io.github.outgrow.ScopeStat;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The runner over the public API; tests/conformance/replay.py says what a runner is. */
final class Runner implements AutoCloseable {
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

  static String name;

  private static int segments;

  private final Clock clock = Clock.manual(0);
  private final List<Scope> scopes = new ArrayList<>();

  /** Of machines, whose scopes those are. */
  private final List<Fleet> fleets = new ArrayList<>();

  private final Map<String, Driver> made = new HashMap<>();

  public static void main(String[] arguments) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Runner session = new Runner();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Object answer;
      try {
        Step ask = new Step(JsonParser.parseString(line).getAsJsonObject());
        if (ask.text("do").equals("end")) {
          session.close();
          session = new Runner();
          answer = "ok";
        } else {
          answer = session.answer(ask);
        }
      } catch (Exception e) {
        answer = Map.of("failed", e.toString());
      }
      OUT.println(GSON.toJson(answer));
    }
    session.close();
  }

  private Object answer(Step ask) throws Exception {
    if (ask.has("clock")) clock.set(ask.integer("clock", 0));
    switch (ask.text("do")) {
      case "scopes":
        return attach(ask);
      case "machines":
        return join(ask);
      case "take":
        return fleet(ask).take();
      case "reply":
        fleet(ask)
            .reply(
                ask.integer("command", 0), ask.text("reply").getBytes(StandardCharsets.US_ASCII));
        return "ok";
      case "broken":
        fleet(ask).broken(ask.text("why"));
        return "ok";
      case "make":
        return Answers.orError(() -> make(ask));
      case "stats":
        return Map.of(
            "objects", scopes.get(0).stat(ScopeStat.OBJECTS),
            "attachments", scopes.get(0).stat(ScopeStat.ATTACHMENTS),
            "differences", scopes.get(0).stat(ScopeStat.DIFFERENCES));
      case "drop":
        made.remove(ask.text("on")).close();
        return "ok";
      case "forget":
        return Answers.orError(() -> forget(ask));
      default:
        return made.get(ask.text("on")).step(ask.object("step"), ask.integer("now", 0));
    }
  }

  private String attach(Step ask) {
    String segment = "/outgrow-vector-" + ProcessHandle.current().pid() + "-" + ++segments;
    for (int i = 0; i < ask.integer("count", 0); ++i)
      scopes.add(ask.object("config").options(Scope.builder(segment)).build());
    Scope.remove(segment);
    return "ok";
  }

  private Fleet fleet(Step ask) {
    return fleets.get((int) ask.integer("machine", 0));
  }

  private String join(Step ask) {
    for (int i = 0; i < ask.integer("count", 0); ++i) {
      String segment = "/outgrow-vector-" + ProcessHandle.current().pid() + "-" + ++segments;
      try (Scope host = Scope.builder(segment).build()) {
        Scope.remove(segment);
        fleets.add(
            ask.object("config").options(Fleet.builder().scope(host, "shop").clock(clock)).build());
      }
      scopes.add(fleets.get(i).scope());
    }
    return "ok";
  }

  private String forget(Step ask) {
    scopes.get((int) ask.integer("scope", 0)).forget(ask.text("kind"), ask.text("name"));
    return "ok";
  }

  private String make(Step ask) {
    scope = ask.has("scope") ? scopes.get((int) ask.integer("scope", 0)) : null;
    name = ask.text("name");
    made.put(ask.text("as"), Drivers.ALL.get(ask.text("noun")).apply(ask, clock));
    return "ok";
  }

  @Override
  public void close() {
    made.values().forEach(Driver::close);
    scopes.forEach(Scope::close);
    fleets.forEach(Fleet::close);
    clock.close();
  }
}
