// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ServiceTest {
  private final List<String> calls = new ArrayList<>();

  private byte[] answer(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  @Test
  void readsThroughAllLayers() throws Exception {
    try (Clock clock = Clock.manual(0);
        Service service =
            Service.builder()
                .servers("a, b")
                .limiter(o -> o.rate("6/h"))
                .breaker(o -> o.failureThreshold(1).open("1h"))
                .cache(o -> o.ttl("10s"))
                .balancer(o -> o.seed(1))
                .replicas(o -> o.replicas(1))
                .clock(clock)
                .build()) {
      ServiceCall<IOException> call =
          (server, node) -> {
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
        assertThrows(
            IOException.class,
            () ->
                service.read(
                    "me",
                    "bad",
                    (server, node) -> {
                      throw new IOException("down");
                    }));
      }
      assertEquals(
          Duration.ofMinutes(10),
          assertThrows(RateLimitedException.class, () -> service.read("me", "k", call))
              .retryAfter());
      assertEquals(
          Duration.ofHours(1),
          assertThrows(CircuitOpenException.class, () -> service.read("you", "x", call))
              .retryAfter());
      assertEquals(2, service.stat(ServiceStat.FAILURES));
    }
  }

  @Test
  void whatACallReturnsOrThrowsIsNotLostThoughTheServiceIsClosed() {
    Service first = Service.builder().servers("a").build();
    assertEquals(
        "v",
        new String(
            first.read(
                "me",
                "k",
                (server, node) -> {
                  first.close();
                  return answer("v");
                }),
            UTF_8));
    Service second = Service.builder().servers("a").build();
    assertEquals(
        "down",
        assertThrows(
                IOException.class,
                () ->
                    second.read(
                        "me",
                        "k",
                        (server, node) -> {
                          second.close();
                          throw new IOException("down");
                        }))
            .getMessage());
  }

  private static void asked(Service service, long waits) throws InterruptedException {
    while (service.stat(ServiceStat.WAITS) < waits) Thread.sleep(1);
  }

  @Test
  void whoWaitsForAnothersLoadAsksOnceAndPaysOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Service service =
        Service.builder().limiter(o -> o.rate("4/h")).cache(o -> o.lease("1h")).build()) {
      CountDownLatch loading = new CountDownLatch(1);
      CountDownLatch loaded = new CountDownLatch(1);
      List<Future<byte[]>> reads = new ArrayList<>();
      reads.add(
          threads.submit(
              () ->
                  service.read(
                      "me",
                      "k",
                      (server, node) -> {
                        loading.countDown();
                        loaded.await();
                        return answer("v");
                      })));
      loading.await();
      long begun = System.nanoTime();
      for (int i = 0; i < 3; ++i) {
        reads.add(
            threads.submit(
                () -> service.read("me", "k", (server, node) -> answer("not loaded again"))));
      }
      asked(service, 3);
      loaded.countDown();
      for (Future<byte[]> read : reads) assertEquals("v", new String(read.get(), UTF_8));
      long looks =
          (System.nanoTime() - begun)
              / 50_000_000; // how often each may have looked at the lease again
      assertTrue(service.stat(ServiceStat.WAITS) <= 3 * (1 + looks), "nobody asks in a loop");
      assertThrows(
          RateLimitedException.class, () -> service.read("me", "k", (server, node) -> null));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aWriteEndsTheWaitForALoadThatItHasMadeVoid() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Service service = Service.builder().cache(o -> o.lease("1h")).build()) {
      CountDownLatch loading = new CountDownLatch(1);
      CountDownLatch loaded = new CountDownLatch(1);
      Future<byte[]> old =
          threads.submit(
              () ->
                  service.read(
                      "me",
                      "k",
                      (server, node) -> {
                        loading.countDown();
                        loaded.await();
                        return answer("old");
                      }));
      loading.await();
      Future<byte[]> waiting =
          threads.submit(() -> service.read("me", "k", (server, node) -> answer("new")));
      asked(service, 1);
      service.write("me", "k", (server, node) -> null);
      assertEquals("new", new String(waiting.get(), UTF_8));
      loaded.countDown();
      assertEquals("old", new String(old.get(), UTF_8));
      assertEquals(
          "new", new String(service.read("me", "k", (server, node) -> null), UTF_8), "kept");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anInterruptedWriteMayHaveBeenMadeAndAnInterruptedReadWasNot() throws Exception {
    try (Service service = Service.builder().cache(o -> o.ttl("1h")).build()) {
      ServiceCall<InterruptedException> interrupted =
          (server, node) -> {
            throw new InterruptedException();
          };
      service.read("me", "k", (server, node) -> answer("old"));
      assertThrows(InterruptedException.class, () -> service.write("me", "k", interrupted));
      assertEquals(
          "new", new String(service.read("me", "k", (server, node) -> answer("new")), UTF_8));
      assertThrows(InterruptedException.class, () -> service.read("me", "other", interrupted));
      assertEquals(1, service.stat(ServiceStat.FAILURES));
      assertEquals(1, service.stat(ServiceStat.CANCELLED));
    }
  }

  @Test
  void saysWhenThereIsNothingToCall() {
    try (Service service = Service.builder().servers("a").maxInFlight(1).build();
        Endpoints endpoints = service.endpoints().orElseThrow()) {
      long ticket = service.begin(false, null, null).ticket();
      assertEquals(
          "too many calls are in flight",
          assertThrows(
                  ServiceUnavailableException.class,
                  () -> service.read("me", "k", (server, node) -> null))
              .getMessage());
      service.cancel(ticket);
      endpoints.setHealthy(0, false);
      assertEquals(
          "no server or node may be chosen",
          assertThrows(
                  ServiceUnavailableException.class,
                  () -> service.read("me", "k", (server, node) -> null))
              .getMessage());
    }
  }
}
