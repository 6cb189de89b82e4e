/* SPDX-License-Identifier: Apache-2.0 */
/* The hot calls as one would write them by hand: what the generated ones are held against. */
#include <jni.h>
#include <outgrow.h>
#include <stdlib.h>

enum { SMALL = 256 };

#define PLAIN(RESULT, NAME) JNIEXPORT RESULT JNICALL Java_outgrow_bench_PlainJni_##NAME

/* The key on the stack; NULL when it is too long for a benchmark. */
static const void *key_of(JNIEnv *jenv, jbyteArray key, jbyte *small, jsize *size) {
  *size = (*jenv)->GetArrayLength(jenv, key);
  if (*size > SMALL) return NULL;
  (*jenv)->GetByteArrayRegion(jenv, key, 0, *size, small);
  return small;
}

PLAIN(jint, empty)(JNIEnv *jenv, jclass class) {
  (void)jenv, (void)class;
  return 0;
}

PLAIN(jlong, limiter)(JNIEnv *jenv, jclass class, jlong limiter, jbyteArray key, jlong cost) {
  jbyte small[SMALL];
  jsize size;
  const void *data = key_of(jenv, key, small, &size);
  (void)class;
  return og_limiter_acquire((og_limiter *)(intptr_t)limiter, data, size, cost);
}

PLAIN(jlong, enter)(JNIEnv *jenv, jclass class, jlong breaker) {
  (void)jenv, (void)class;
  return og_breaker_enter((og_breaker *)(intptr_t)breaker);
}

PLAIN(jint, exit)(JNIEnv *jenv, jclass class, jlong breaker, jlong permit, jint success) {
  (void)jenv, (void)class;
  return og_breaker_exit((og_breaker *)(intptr_t)breaker, permit, success);
}

PLAIN(jint, pick)(JNIEnv *jenv, jclass class, jlong balancer, jbyteArray key) {
  jbyte small[SMALL];
  jsize size;
  const void *data = key_of(jenv, key, small, &size);
  (void)class;
  return og_balancer_pick((og_balancer *)(intptr_t)balancer, data, size);
}

PLAIN(jint, shard)(JNIEnv *jenv, jclass class, jlong shards, jbyteArray key) {
  jbyte small[SMALL];
  jsize size;
  const void *data = key_of(jenv, key, small, &size);
  (void)class;
  return og_shards_of((const og_shards *)(intptr_t)shards, data, size);
}

PLAIN(jint, read)(JNIEnv *jenv, jclass class, jlong replicas) {
  (void)jenv, (void)class;
  return og_replicas_read((og_replicas *)(intptr_t)replicas);
}

PLAIN(jint, increment)(JNIEnv *jenv, jclass class, jlong metrics, jint counter) {
  (void)jenv, (void)class;
  return og_metrics_increment((og_metrics *)(intptr_t)metrics, counter, 1);
}

PLAIN(jbyteArray, cached)(JNIEnv *jenv, jclass class, jlong cache, jbyteArray key) {
  jbyte small[SMALL];
  jsize size;
  const void *data = key_of(jenv, key, small, &size);
  og_value *value = NULL;
  jbyteArray out = NULL;
  (void)class;
  if (og_cache_pin((const og_cache *)(intptr_t)cache, data, size, &value) >= 0) {
    jsize bytes = (jsize)og_value_size(value);
    out = (*jenv)->NewByteArray(jenv, bytes);
    if (out) (*jenv)->SetByteArrayRegion(jenv, out, 0, bytes, og_value_data(value));
    og_value_destroy(&value);
  }
  return out;
}

PLAIN(jlong, manyKeys)(JNIEnv *jenv, jclass class, jlong limiter, jobjectArray keys,
                       jlongArray waits) {
  jsize count = (*jenv)->GetArrayLength(jenv, keys), i;
  jbyte small[64][32];
  const void *data[64];
  int64_t sizes[64], out[64], passed;
  (void)class;
  for (i = 0; i < count && i < 64; ++i) {
    jbyteArray key = (*jenv)->GetObjectArrayElement(jenv, keys, i);
    jsize size = (*jenv)->GetArrayLength(jenv, key);
    (*jenv)->GetByteArrayRegion(jenv, key, 0, size, small[i]);
    (*jenv)->DeleteLocalRef(jenv, key);
    data[i] = small[i];
    sizes[i] = size;
  }
  passed = og_limiter_acquire_many((og_limiter *)(intptr_t)limiter, data, sizes, NULL, count, out);
  (*jenv)->SetLongArrayRegion(jenv, waits, 0, count, (const jlong *)out);
  return passed;
}

/* ---- one of each, made here: a library of its own ---- */

static og_config *config_with(const char *name, const char *value) {
  og_config *config = NULL;
  og_config_create(&config, NULL);
  og_config_set(config, name, value);
  return config;
}

PLAIN(jlong, makeLimiter)(JNIEnv *jenv, jclass class) {
  og_config *config = config_with("rate", "1000000000/s");
  og_limiter *out = NULL;
  (void)jenv, (void)class;
  og_limiter_create(config, NULL, &out, NULL);
  og_config_destroy(&config);
  return (jlong)(intptr_t)out;
}

PLAIN(jlong, makeBreaker)(JNIEnv *jenv, jclass class) {
  og_breaker *out = NULL;
  (void)jenv, (void)class;
  og_breaker_create(NULL, NULL, &out, NULL);
  return (jlong)(intptr_t)out;
}

PLAIN(jlong, makeBalancer)(JNIEnv *jenv, jclass class) {
  og_config *config = config_with("policy", "consistent_hash");
  og_endpoints *endpoints = NULL;
  og_balancer *out = NULL;
  (void)jenv, (void)class;
  og_endpoints_create(NULL, &endpoints, NULL);
  og_endpoints_add(endpoints, "a", 1, NULL, NULL);
  og_endpoints_add(endpoints, "b", 1, NULL, NULL);
  og_balancer_create(config, endpoints, NULL, &out, NULL);
  og_endpoints_destroy(&endpoints);
  og_config_destroy(&config);
  return (jlong)(intptr_t)out;
}

PLAIN(jlong, makeShards)(JNIEnv *jenv, jclass class) {
  og_config *config = config_with("shards", "16");
  og_shards *out = NULL;
  (void)jenv, (void)class;
  og_shards_create(config, NULL, NULL, 0, &out, NULL);
  og_config_destroy(&config);
  return (jlong)(intptr_t)out;
}

PLAIN(jlong, makeReplicas)(JNIEnv *jenv, jclass class) {
  og_replicas *out = NULL;
  (void)jenv, (void)class;
  og_replicas_create(NULL, NULL, &out, NULL);
  return (jlong)(intptr_t)out;
}

/* Its counter has the id 0. */
PLAIN(jlong, makeMetrics)(JNIEnv *jenv, jclass class) {
  og_metrics *out = NULL;
  (void)jenv, (void)class;
  og_metrics_create(NULL, &out, NULL);
  og_metrics_counter(out, "x_total", "x", NULL, NULL);
  return (jlong)(intptr_t)out;
}

PLAIN(jlong, makeCache)(JNIEnv *jenv, jclass class, jbyteArray key, jbyteArray value) {
  jbyte small[SMALL], bytes[SMALL];
  jsize size, value_size;
  const void *data = key_of(jenv, key, small, &size);
  const void *kept = key_of(jenv, value, bytes, &value_size);
  og_cache *out = NULL;
  (void)class;
  og_cache_create(NULL, NULL, &out, NULL);
  og_cache_set(out, data, size, kept, value_size, OG_CACHE_DEFAULT_TTL);
  return (jlong)(intptr_t)out;
}
