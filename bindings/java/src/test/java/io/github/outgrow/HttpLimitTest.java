// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpLimitTest {
  private static RateLimiter limiter() {
    return RateLimiter.builder().rate("1/min").clock(Clock.manual(0)).build();
  }

  @Test
  void headersAreSetOnAnAnswer() {
    try (RateLimiter limiter = limiter();
        HttpLimit http = HttpLimit.builder().policy("login").build(limiter)) {
      assertEquals(
          Map.of("RateLimit", "\"login\";r=1", "RateLimit-Policy", "\"login\";q=1;w=60"),
          http.headers("k", 0));
      assertTrue(limiter.tryAcquire("k"));
      Map<String, String> denied =
          http.headers("k", limiter.tryAcquireNanos("k", 1), new byte[] {97});
      assertEquals("\"login\";r=0;t=60;pk=:YQ==:", denied.get("RateLimit"));
      assertEquals("60", denied.get("Retry-After"));
      assertTrue(
          http.problem(Duration.ofSeconds(60), HttpProblem.QUOTA_EXCEEDED)
              .contains("#quota-exceeded"));
    }
  }

  @Test
  void theLastLineOfAFieldIsTheProxys() {
    try (RateLimiter limiter = limiter();
        HttpLimit http = HttpLimit.builder().trusted("10.0.0.0/8").build(limiter)) {
      List<String> lines = List.of("198.51.100.1", "203.0.113.9");
      assertEquals("203.0.113.9", http.client("10.0.0.1", Collections.enumeration(lines)));
      assertEquals("10.0.0.1", http.client("10.0.0.1", (String) null));
      assertEquals("2001:db8::/64", http.client("[2001:db8::9]:80", "203.0.113.9"));
    }
  }

  @Test
  void whatIsWrongIsNamed() {
    try (RateLimiter limiter = limiter()) {
      HttpLimit.Builder builder = HttpLimit.builder().trusted("localhost");
      OptionException wrong = assertThrows(OptionException.class, () -> builder.build(limiter));
      assertTrue(wrong.getMessage().contains("'localhost'"), wrong.getMessage());
    }
  }
}
