// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Cache;
import io.github.outgrow.Endpoints;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.InvalidArgumentException;
import io.github.outgrow.Lookup;
import io.github.outgrow.NativeResource;
import io.github.outgrow.OutgrowException;
import io.github.outgrow.QueryFailedException;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.Service;
import io.github.outgrow.ServiceAnswer;
import io.github.outgrow.Ticket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/**
 * How vectors spell what Java answers, a kind each: {@code answers} in
 * bindings/generate/vectors.py.
 */
final class Answers {
  private Answers() {}

  static Object wait(Callable<?> call) throws Exception {
    return orInvalid(() -> waitWord((Long) plain(call.call())));
  }

  static Object waitWord(long wait) {
    return wait == RateLimiter.NEVER ? "never" : wait == RateLimiter.INVALID ? "invalid" : wait;
  }

  static Object number(Callable<OptionalDouble> call) throws Exception {
    return orInvalid(() -> orNull(call.call().orElse(Double.NaN)));
  }

  static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  static Object truth(Callable<Boolean> call) throws Exception {
    return orInvalid(() -> call.call() ? 1 : 0);
  }

  static Object enumOf(Callable<? extends Enum<?>> call) throws Exception {
    return orInvalid(() -> word(call.call()));
  }

  static Object index(Callable<Integer> call) throws Exception {
    return orInvalid(() -> indexWord(call.call()));
  }

  /** None, or of a ticket that has lapsed. */
  static Object indexWord(int index) {
    return index == Service.LAPSED ? "lapsed" : index < 0 ? "none" : (Object) index;
  }

  static Object named(Endpoints endpoints, int index) {
    return index < 0 ? indexWord(index) : endpoints.name(index);
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** "ok" once it was settled, "lapsed" else, "invalid" when thrown. */
  static Object stood(Callable<Boolean> call) throws Exception {
    return orInvalid(() -> call.call() ? "ok" : "lapsed");
  }

  static Object done(Action action) throws Exception {
    return orInvalid(() -> ok(action));
  }

  static Object doneOrError(Action action) throws Exception {
    return orError(() -> ok(action));
  }

  static String ok(Action action) throws Exception {
    action.run();
    return "ok";
  }

  /** What it returns, or "invalid" when thrown, or when no constant has a word. */
  static Object orInvalid(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (InvalidArgumentException | IllegalArgumentException e) {
      return "invalid";
    }
  }

  /** What it returns, or the error's number and option. */
  static Object orError(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (OutgrowException e) {
      return Map.of("error", e.code().number(), "option", e.option());
    }
  }

  /** What it returns, or the error's number as {"error"}, but for "closed". */
  static Object orStatus(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (OutgrowException e) {
      return e.code() == ErrorCode.CLOSED ? "closed" : Map.of("error", e.code().number());
    }
  }

  /** In ms; the same for ever and for none. */
  static Object left(Callable<?> call) throws Exception {
    Object left = call.call();
    if (left instanceof Optional<?> some) left = some.orElse(null);
    return left == null ? "none" : leftWord(((Duration) left).toNanos());
  }

  private static Object leftWord(long nanos) {
    return nanos == RateLimiter.NEVER ? "none" : nanos / 1_000_000;
  }

  /** What it returns, or the error's number. */
  static Object orNumber(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (OutgrowException e) {
      return e.code().number();
    }
  }

  static Object bytes(Step step, byte[] value) {
    if (value == null) return "absent";
    return step.flag("hex", false) ? HexFormat.of().formatHex(value) : new String(value, UTF_8);
  }

  static Object copied(byte[] out, ToLongFunction<byte[]> copy) {
    long size = copy.applyAsLong(out);
    if (size < 0) return size == Cache.ABSENT ? "absent" : "miss";
    int fits = (int) Math.min(size, out.length);
    return Map.of("size", size, "bytes", new String(out, 0, fits, UTF_8));
  }

  static <T extends NativeResource> Object of(Optional<T> given, Function<T, Enum<?>> what) {
    try (T noun = given.orElse(null)) {
      return noun == null ? null : word(what.apply(noun));
    }
  }

  static <T> Optional<T> keep(Map<String, Object> kept, Step step, Optional<T> given) {
    given.ifPresent(each -> kept.put(step.text("as"), each));
    return given;
  }

  static <T> T kept(Map<String, Object> kept, Step step, Class<T> kind) {
    Object found = kept.get(step.text("id"));
    if (!kind.isInstance(found)) throw new IllegalArgumentException("no " + kind);
    return kind.cast(found);
  }

  static Object many(String passed, String name, long[] all, LongFunction<Object> spell) {
    long none = Arrays.stream(all).filter(one -> one == 0).count();
    return Map.of(passed, none, name, Arrays.stream(all).mapToObj(spell).toList());
  }

  /** A reason that is no error has no name in Java. */
  static ErrorCode codeOf(long number) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> code.number() == number)
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("no error " + number));
  }

  /** Rows of what comes, and how they end. */
  static <T> Object until(String name, Callable<T> next, Function<T, Object> row) throws Exception {
    List<Object> rows = new ArrayList<>();
    String end = "none";
    try {
      for (T each = next.call(); each != null; each = next.call()) rows.add(row.apply(each));
    } catch (IllegalStateException e) {
      end = "wait";
    } catch (QueryFailedException e) {
      end = "refused";
    }
    return Map.of("rows", rows, name, end);
  }

  /** What a get found in a cache. */
  static Object found(Callable<Lookup<String>> call) throws Exception {
    return foundWord(call.call());
  }

  static Object foundWord(Lookup<String> found) {
    return found.outcome() == Lookup.Outcome.FOUND
        ? Map.of("value", found.value())
        : word(found.outcome());
  }

  /** A lease that was granted is remembered. */
  static Object leased(Map<String, Long> held, Step step, Lookup<String> seen) {
    if (seen.lease() > 0) held.put(step.text("as"), seen.lease());
    boolean hit = seen.outcome() == Lookup.Outcome.FOUND;
    return map(
        "outcome",
        hit ? "hit" : word(seen.outcome()),
        "value",
        seen.value(),
        "wait_ms",
        seen.waitNanos() / 1_000_000);
  }

  static Object leased(Map<String, Long> held, Step step, ServiceAnswer seen) {
    if (seen.ticket() > 0) held.put(step.text("as"), seen.ticket());
    return map(
        "outcome", word(seen.outcome()),
        "value", plain(seen.value()),
        "wait_ms", seen.waitNanos() / 1_000_000);
  }

  /** The lines that begin with the member {@code prefix}. */
  static Object lines(Step step, String text) {
    String prefix = step.text("prefix", "");
    return text.lines().filter(line -> line.startsWith(prefix)).toList();
  }

  /** Remembers what was given under the member {@code as}. */
  static String permit(Map<String, Long> held, Step step, long id, String otherwise) {
    if (id <= 0) return otherwise;
    held.put(step.text("as", ""), id);
    return "permit";
  }

  static Object ticket(
      Map<String, Long> held, Step step, Ticket ticket, IntFunction<Object> answer) {
    if (ticket.id() == Ticket.FULL) return "full";
    if (ticket.isGiven()) held.put(step.text("as", ""), ticket.id());
    return answer.apply(ticket.index());
  }

  /** Names and values by turns; of which one may be null. */
  static Map<String, Object> map(Object... members) {
    Map<String, Object> all = new HashMap<>();
    for (int i = 0; i < members.length; i += 2) all.put((String) members[i], members[i + 1]);
    return all;
  }

  /** A member of what came: an error as its number, other constants as words; null for none. */
  static Object plain(Object value) {
    if (value instanceof byte[] bytes) return new String(bytes, UTF_8);
    if (value instanceof ErrorCode code) return code.number();
    if (value instanceof Enum<?> constant) return word(constant);
    if (value instanceof OptionalInt number) return number.isPresent() ? number.getAsInt() : null;
    if (value instanceof Duration duration) return duration.toNanos();
    return value instanceof Double number ? orNull(number) : value;
  }

  static List<Object> row(Object... members) {
    return Arrays.asList(Arrays.stream(members).map(Answers::plain).toArray());
  }

  static <T> List<Object> each(List<T> all, Function<T, Object> spell) {
    return all.stream().map(spell).toList();
  }

  static List<Object> each(int[] all, IntFunction<Object> spell) {
    return Arrays.stream(all).mapToObj(spell).toList();
  }

  static <T> Object keptRecord(Optional<T> given, Function<T, Object> spell) {
    return given.map(spell).orElse(null);
  }

  static void close(NativeResource noun) {
    if (noun != null) noun.close();
  }

  interface Action {
    void run() throws Exception;
  }
}
