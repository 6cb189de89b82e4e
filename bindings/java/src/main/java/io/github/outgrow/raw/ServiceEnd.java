// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

/** Ends a service's call that has no bytes to keep: kept is OG_SERVICE_KEEP_NOTHING or _ABSENCE. */
public final class ServiceEnd {
  private ServiceEnd() {}

  public static int end(
      RawService service, long ticket, int success, long latencyNs, long kept, long ttlNs) {
    try (Use self = Use.of(service)) {
      return OutgrowJNI.og_service_end_without(
          self.address(), ticket, success, latencyNs, kept, ttlNs);
    }
  }

  public static int endAt(
      RawService service,
      long ticket,
      int success,
      long latencyNs,
      long kept,
      long ttlNs,
      long nowNs) {
    try (Use self = Use.of(service)) {
      return OutgrowJNI.og_service_end_without_at(
          self.address(), ticket, success, latencyNs, kept, ttlNs, nowNs);
    }
  }
}
