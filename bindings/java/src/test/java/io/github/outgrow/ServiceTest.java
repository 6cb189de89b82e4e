// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceTest {
  private final List<String> calls = new ArrayList<>();

  private byte[] answer(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  @Test
  void readsThroughAllLayers() throws Exception {
    try (Clock clock = Clock.manual(0);
        Service service = Service.builder().servers("a, b").limiter(o -> o.rate("6/h"))
            .breaker(o -> o.failureThreshold(1).open("1h")).cache(o -> o.ttl("10s"))
            .replicas(o -> o.replicas(1)).clock(clock).build()) {
      ServiceCall<IOException> call = (server, node) -> {
        calls.add(server + "@" + node);
        return answer("v");
      };
      assertEquals("v", new String(service.read("me", "k", call), UTF_8));
      assertEquals("v", new String(service.read("me", "k", call), UTF_8));
      assertEquals(List.of("0@1"), calls, "the second is cached");
      service.write("me", "k", call);
      assertEquals("0@0", calls.get(1), "writes go to the primary");
      assertNull(service.<IOException>read("me", "none", (server, node) -> null));
      for (int i = 0; i < 2; ++i) {
        assertThrows(IOException.class, () -> service.read("me", "bad", (server, node) -> {
          throw new IOException("down");
        }));
      }
      assertEquals(Duration.ofMinutes(10),
          assertThrows(RateLimitedException.class, () -> service.read("me", "k", call)).retryAfter());
      assertEquals(Duration.ofHours(1),
          assertThrows(CircuitOpenException.class, () -> service.read("you", "x", call)).retryAfter());
      assertEquals(2, service.stat(ServiceStat.FAILURES));
    }
  }

  @Test
  void whatACallReturnsOrThrowsIsNotLostThoughTheServiceIsClosed() {
    Service first = Service.builder().servers("a").build();
    assertEquals("v", new String(first.read("me", "k", (server, node) -> {
      first.close();
      return answer("v");
    }), UTF_8));
    Service second = Service.builder().servers("a").build();
    assertEquals("down", assertThrows(IOException.class, () -> second.read("me", "k", (server, node) -> {
      second.close();
      throw new IOException("down");
    })).getMessage());
  }

  @Test
  void saysWhenThereIsNothingToCall() {
    try (Service service = Service.builder().servers("a").maxInFlight(1).build();
        Endpoints endpoints = service.endpoints().orElseThrow()) {
      long ticket = service.begin(false, null, null).ticket();
      assertEquals("too many calls are in flight", assertThrows(ServiceUnavailableException.class,
          () -> service.read("me", "k", (server, node) -> null)).getMessage());
      service.cancel(ticket);
      endpoints.setHealthy(0, false);
      assertEquals("no server or node may be chosen", assertThrows(ServiceUnavailableException.class,
          () -> service.read("me", "k", (server, node) -> null)).getMessage());
    }
  }
}
