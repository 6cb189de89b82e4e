// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** JNI's own strings are modified UTF-8, in which an emoji and U+0000 are other bytes. */
class TextTest {
  /** Beyond the basic plane, in two UTF-16 units. */
  private static final String EMOJI = "\uD83D\uDE42";

  @Test
  void namesComeBackWhole() {
    try (Endpoints endpoints = Endpoints.builder().build()) {
      int index = endpoints.add("host-" + EMOJI, 1, "zone-\u00e9");
      assertEquals("host-" + EMOJI, endpoints.name(index));
      assertEquals("zone-\u00e9", endpoints.zone(index));
      assertEquals(index, endpoints.find("host-" + EMOJI));
    }
  }

  @Test
  void errorsQuoteWhole() {
    OptionException thrown =
        assertThrows(OptionException.class, () -> RateLimiter.builder().rate(EMOJI).build());
    assertTrue(thrown.getMessage().contains(EMOJI), thrown.getMessage());
    assertEquals(
        "o" + EMOJI,
        assertThrows(
                OptionException.class,
                () -> RateLimiter.builder().rate("1/s").option("o" + EMOJI, 1).build())
            .option());
  }

  @Test
  void metricsAreUtf8() {
    try (Metrics metrics = Metrics.builder().build();
        Store store = Store.builder().build()) {
      metrics.add(EMOJI, store);
      assertTrue(metrics.render().contains("name=\"" + EMOJI + "\""));
      assertEquals(1, metrics.remove(EMOJI));
    }
  }

  /**
   * The JDK writes '?' for it, and then one text would pass for another: one client's key for
   * another's.
   */
  @Test
  void halfOfASurrogatePairIsRefusedByName() {
    try (Nouns n = new Nouns();
        Cache<String, String> texts = Cache.builder().build(Codec.text(), Codec.text())) {
      for (String half :
          List.of(
              "\uD83D",
              "a\uD83D",
              "\uDE42b",
              "\uDE42\uD83D",
              "\uD83D\uD83D\uDE42",
              EMOJI + "\uD83D")) {
        isRefused("name", () -> n.endpoints.add(half, 1));
        isRefused("zone", () -> n.endpoints.add("c", 1, half));
        isRefused("name", () -> n.metrics.add(half, n.limiter));
        isRefused("name", () -> n.metrics.counter(half, "help", null));
        isRefused("help", () -> n.metrics.gauge("g", half, null));
        isRefused("instance", () -> n.metrics.histogram("h_seconds", "help", half));
        isRefused("rate", () -> RateLimiter.builder().rate(half).build());
        isRefused("message", () -> n.query.fail(0, ErrorCode.STORE, half));
        isRefused("key", () -> n.limiter.tryAcquire(half));
        isRefused("keys", () -> n.limiter.tryAcquireMany(List.of("a", half)));
        isRefused("client", () -> n.service.read(half, "k", (server, node) -> null));
        isRefused("text", () -> texts.set("a", half));
        isRefused("text", () -> texts.get(half));
      }
      texts.set("?", "?" + EMOJI + "?");
      assertEquals("?" + EMOJI + "?", texts.get("?"), "of which the JDK made none");
    }
  }

  /** At every place of a text, of every length. */
  @Test
  void halfOfASurrogatePairIsRefusedWhereverItIs() {
    try (RateLimiter limiter = RateLimiter.builder().rate("1000000/s").build()) {
      for (int length = 1; length <= 40; length++) {
        for (int at = 0; at < length; at++) {
          String before = "\u007f".repeat(at);
          String behind = ">".repeat(length - at - 1);
          isRefused("key", () -> limiter.tryAcquire(before + "\uD83D" + behind));
          assertTrue(limiter.tryAcquire(before + "?" + behind));
        }
      }
    }
  }

  private static void isRefused(String named, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call, named).getMessage();
    assertTrue(message.startsWith(named + " is not valid Unicode: U+D"), message);
  }

  /** U+0000 ends no key, and is refused in a text, which it would end. */
  @Test
  void nulIsAByteOfAKey() {
    try (ShardMap map = ShardMap.builder().shards(7).build();
        Endpoints endpoints = Endpoints.of()) {
      // As tests/vectors/shards/bytes.json has them.
      assertEquals(2, map.of("\0"));
      assertEquals(6, map.of("a\0"));
      assertEquals(5, map.of(EMOJI));
      assertEquals(
          List.of(2, 6, 5),
          java.util.Arrays.stream(map.ofMany(List.of("\0", "a\0", EMOJI))).boxed().toList());
      assertEquals(
          "name contains U+0000",
          assertThrows(IllegalArgumentException.class, () -> endpoints.add("a\0b", 1))
              .getMessage());
    }
  }
}
