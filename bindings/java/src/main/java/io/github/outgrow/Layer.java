// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/** The options of a {@link Service}'s layers, as their nouns have them. */
final class Layer {
  private Layer() {}

  static final class Limiter extends RateLimiterOptions<Limiter> {}

  static final class Endpoints extends EndpointsOptions<Endpoints> {}

  static final class Balancer extends BalancerOptions<Balancer> {}

  static final class Breaker extends CircuitBreakerOptions<Breaker> {}

  static final class Cache extends CacheOptions<Cache> {}

  static final class Replicas extends ReplicaRouterOptions<Replicas> {}
}
