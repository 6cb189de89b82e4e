// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import io.github.outgrow.Clock;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.Gather;
import io.github.outgrow.InvalidArgumentException;
import io.github.outgrow.QueryFailedException;
import io.github.outgrow.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

final class GatherDriver implements Driver {
  private final Gather gather;
  private Gather.Query query;

  GatherDriver(Step vector, Clock clock) {
    gather = vector.object("config").options(Gather.builder()).clock(clock).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    int shard = (int) step.integer("shard", 0);
    switch (step.op()) {
      case "start":
        return start(step.json().get("shards"));
      case "row":
        return Words.orInvalid(
            () -> Words.of(query.row(shard, step.bytes("key"), step.bytes("row"))));
      case "done":
        return Words.settled(() -> query.done(shard));
      case "fail":
        return fail(step, shard);
      case "state":
        return Map.of("state", Words.of(query.stateAt(now)), "waiting", query.waiting());
      case "time_left":
        long left = query.timeLeft();
        return left == Gather.NEVER ? "none" : left / 1_000_000;
      case "rows":
        return rows(now);
      case "failures":
        return query.failures().stream()
            .map(
                failure ->
                    List.of(
                        failure.shard(),
                        failure.reason().number(),
                        failure.message(),
                        failure.droppedRows()))
            .toList();
      case "refused":
        return query.refused();
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private String start(JsonElement shards) {
    try {
      Gather.Query started =
          shards.isJsonPrimitive()
              ? gather.start(shards.getAsInt())
              : gather.start(
                  StreamSupport.stream(shards.getAsJsonArray().spliterator(), false)
                      .mapToInt(JsonElement::getAsInt)
                      .toArray());
      close(query);
      query = started;
      return "ok";
    } catch (InvalidArgumentException e) {
      return "invalid";
    }
  }

  /** A reason that is no error has no name in Java. */
  private String fail(Step step, int shard) throws Exception {
    long number = step.integer("reason", ErrorCode.STORE.number());
    Optional<ErrorCode> reason =
        Arrays.stream(ErrorCode.values()).filter(code -> code.number() == number).findAny();
    if (reason.isEmpty()) return "invalid";
    return Words.settled(() -> query.fail(shard, reason.get(), step.text("message", null)));
  }

  private Map<String, Object> rows(long now) {
    List<Object> rows = new ArrayList<>();
    String end = "none";
    try {
      for (Row row = query.nextAt(now); row != null; row = query.nextAt(now)) {
        rows.add(List.of(row.shard(), new String(row.key(), UTF_8), new String(row.row(), UTF_8)));
      }
    } catch (IllegalStateException e) {
      end = "wait";
    } catch (QueryFailedException e) {
      end = "refused";
    }
    return Map.of("rows", rows, "end", end);
  }

  private static void close(Gather.Query query) {
    if (query != null) query.close();
  }

  @Override
  public void close() {
    close(query);
    gather.close();
  }
}
