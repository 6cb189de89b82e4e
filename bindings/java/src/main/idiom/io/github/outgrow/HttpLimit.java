// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.time.Duration;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The HTTP side of a {@link RateLimiter}: whose a request is, and what the answer says of the
 * limit. It reads no request and writes no answer, so it serves every framework.
 *
 * <pre>{@code
 * String key = http.client(request.getRemoteAddr(), request.getHeaders("X-Forwarded-For"));
 * long wait = limiter.tryAcquireNanos(key, 1);
 * http.headers(key, wait).forEach(response::setHeader);
 * }</pre>
 *
 * <p>Safe from every thread.
 */
public final class HttpLimit extends NativeResource {
  /** The media type of {@link #problem}: {@value}. */
  public static final String PROBLEM_TYPE = "application/problem+json";

  /**
   * As {@link #client(byte[], byte[])}, of texts.
   *
   * @param remote the other end of the connection
   * @param forwarded what the proxies' field says, all its lines joined by commas; null for none
   * @return the key
   */
  public String client(String remote, String forwarded) {
    return client(
        Bytes.of(remote, "remote"), Bytes.of(forwarded == null ? "" : forwarded, "forwarded"));
  }

  /**
   * The same of all lines of the field, as a servlet has them. A client may send lines of its own
   * before those of the proxies: the first line alone would be what the client chose.
   *
   * @param remote the other end of the connection
   * @param forwarded the lines of the proxies' field; null for none
   * @return the key
   */
  public String client(String remote, Enumeration<String> forwarded) {
    Objects.requireNonNull(remote, "remote");
    StringBuilder lines = new StringBuilder();
    while (forwarded != null && forwarded.hasMoreElements()) {
      lines.append(lines.length() == 0 ? "" : ",").append(forwarded.nextElement());
    }
    return client(remote, lines.toString());
  }

  /**
   * The fields that tell where the key stands, to be set on the answer: {@code Retry-After} is
   * among them when the request was denied.
   *
   * @param key whose the request is
   * @param waitNanos what {@link RateLimiter#tryAcquireNanos} answered; 0: it passed
   * @return the fields by their names
   */
  public Map<String, String> headers(String key, long waitNanos) {
    return headers(key, waitNanos, new byte[0]);
  }

  /**
   * The same with pk, which says of which part of the quota they tell.
   *
   * @param key whose the request is
   * @param waitNanos what {@link RateLimiter#tryAcquireNanos} answered; 0: it passed
   * @param partition what pk says, which goes to the client
   * @return the fields by their names
   */
  public Map<String, String> headers(String key, long waitNanos, byte[] partition) {
    Map<String, String> made = new LinkedHashMap<>();
    for (String line : fields(key, Duration.ofNanos(waitNanos), partition).split("\r\n")) {
      int colon = line.indexOf(": ");
      made.put(line.substring(0, colon), line.substring(colon + 2));
    }
    return made;
  }
}
