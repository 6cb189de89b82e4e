// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

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
    assertEquals("o" + EMOJI, assertThrows(OptionException.class,
        () -> RateLimiter.builder().rate("1/s").option("o" + EMOJI, 1).build()).option());
  }

  @Test
  void metricsAreUtf8() {
    try (Metrics metrics = Metrics.builder().build(); Store store = Store.builder().build()) {
      metrics.add(EMOJI, store);
      assertTrue(metrics.render().contains("name=\"" + EMOJI + "\""));
      assertEquals(1, metrics.remove(EMOJI));
    }
  }

  /** U+0000 ends no key, and is refused in a text, which it would end. */
  @Test
  void nulIsAByteOfAKey() {
    try (ShardMap map = ShardMap.builder().shards(7).build(); Endpoints endpoints = Endpoints.of()) {
      // As tests/vectors/shards/bytes.json has them.
      assertEquals(2, map.of("\0"));
      assertEquals(6, map.of("a\0"));
      assertEquals(5, map.of(EMOJI));
      assertEquals(List.of(2, 6, 5), java.util.Arrays.stream(map.ofMany(List.of("\0", "a\0", EMOJI))).boxed().toList());
      assertEquals("name contains U+0000",
          assertThrows(IllegalArgumentException.class, () -> endpoints.add("a\0b", 1)).getMessage());
    }
  }
}
