// SPDX-License-Identifier: Apache-2.0
package outgrow.bench;

/** plain_jni.c. */
final class PlainJni {
  private PlainJni() {}

  static native int empty();

  static native long limiter(long limiter, byte[] key, long cost);

  static native long enter(long breaker);

  static native int exit(long breaker, long permit, int success);

  static native int pick(long balancer, byte[] key);

  static native int shard(long shards, byte[] key);

  static native int read(long replicas);

  static native int increment(long metrics, int counter);

  static native byte[] cached(long cache, byte[] key);

  static native long manyKeys(long limiter, byte[][] keys, long[] waits);

  static native long makeLimiter();

  static native long makeBreaker();

  static native long makeBalancer();

  static native long makeShards();

  static native long makeReplicas();

  static native long makeMetrics();

  static native long makeCache(byte[] key, byte[] value);
}
