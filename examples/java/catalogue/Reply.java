// SPDX-License-Identifier: Apache-2.0
package catalogue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** What is answered: a status, headers and a body. */
record Reply(int status, Map<String, String> headers, byte[] body) {
  static Reply text(int status, String type, String body) {
    return new Reply(status, Map.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8));
  }

  static Reply item(byte[] json, String cache) {
    return new Reply(200, Map.of("Content-Type", "application/json", "X-Cache", cache), json);
  }

  static Reply error(int status, String why) {
    return text(status, "text/plain", why);
  }

  /** In whole seconds, and at least one: 0 is an invitation to spin. */
  static Reply later(int status, String why, Duration wait) {
    long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    return new Reply(
        status,
        Map.of("Content-Type", "text/plain", "Retry-After", Long.toString(seconds)),
        why.getBytes(StandardCharsets.UTF_8));
  }
}
