/* SPDX-License-Identifier: Apache-2.0 */
/* custom_store.c over a JVM of this file's own, in which each call that can fail, for want of
 * memory or because Java throws, does so once. Whichever it is: no call is made that may not be
 * while an exception is pending, what was taken is given back, and an operation ends in a status
 * with nothing pending. */
#include <stdio.h>
#include <string.h>

#include "../../main/native/jni_support.h"

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved);
JNIEXPORT jlong JNICALL Java_io_github_outgrow_raw_CustomStoreCalls_create(JNIEnv *jenv,
                                                                           jclass class,
                                                                           jobject calls,
                                                                           jlong clock);

typedef struct array {
  jsize size;
  jbyte bytes[64];
} array;

static array g_pool[64], g_object;
static int g_used, g_pending, g_globals, g_frames, g_wrong, g_throws;
static int g_calls, g_fails_at; /* the how manieth call fails */

static void expect(int true, const char *what) {
  if (true) return;
  printf("%s, after call %d failed\n", what, g_fails_at);
  ++g_wrong;
}

/* Whether this call fails. */
static int call(const char *name, int throws) {
  expect(!g_pending, name); /* which must not be called while an exception is pending */
  if (++g_calls != g_fails_at) return 0;
  if (throws) g_pending = 1;
  return 1;
}

static void *made(jsize size) {
  array *out = &g_pool[g_used++ % 64];
  out->size = size;
  return out;
}

static jclass JNICALL find_class(JNIEnv *e, const char *n) {
  (void)e, (void)n;
  return call("FindClass", 1) ? NULL : (jclass)&g_object;
}
static jobject JNICALL new_global_ref(JNIEnv *e,
                                      jobject of) { /* the specification has it throw nothing */
  (void)e;
  return call("NewGlobalRef", 0) ? NULL : (++g_globals, of);
}
static void JNICALL delete_global_ref(JNIEnv *e, jobject ref) {
  (void)e;
  g_globals -= ref != NULL;
}
static void JNICALL delete_local_ref(JNIEnv *e, jobject ref) { (void)e, (void)ref; }
static jint JNICALL push_local_frame(JNIEnv *e, jint room) {
  (void)e, (void)room;
  return call("PushLocalFrame", 1) ? JNI_ENOMEM : (++g_frames, JNI_OK);
}
static jobject JNICALL pop_local_frame(JNIEnv *e, jobject result) {
  (void)e;
  --g_frames;
  return result;
}
static jboolean JNICALL exception_check(JNIEnv *e) {
  (void)e;
  return g_pending ? JNI_TRUE : JNI_FALSE;
}
static jthrowable JNICALL exception_occurred(JNIEnv *e) {
  (void)e;
  return g_pending ? (jthrowable)&g_object : NULL;
}
static void JNICALL exception_clear(JNIEnv *e) {
  (void)e;
  g_pending = 0;
}
static jint JNICALL throw_new(JNIEnv *e, jclass c, const char *m) {
  (void)e, (void)c, (void)m;
  g_pending = 1;
  return 0;
}
static jmethodID JNICALL get_method(JNIEnv *e, jclass c, const char *name, const char *s) {
  (void)e, (void)c, (void)s;
  return call("GetMethodID", 1) ? NULL : (jmethodID)name;
}
static jsize JNICALL length(JNIEnv *e, jarray a) {
  (void)e;
  expect(!g_pending, "GetArrayLength");
  return ((array *)a)->size;
}
static jbyteArray JNICALL new_bytes(JNIEnv *e, jsize size) {
  (void)e;
  return call("NewByteArray", 1) ? NULL : made(size);
}
static jobjectArray JNICALL new_objects(JNIEnv *e, jsize size, jclass c, jobject o) {
  (void)e, (void)c, (void)o;
  return call("NewObjectArray", 1) ? NULL : made(size);
}
static void JNICALL set_object(JNIEnv *e, jobjectArray a, jsize i, jobject o) {
  (void)e, (void)a, (void)i, (void)o;
  expect(!g_pending, "SetObjectArrayElement");
}
static void JNICALL get_region(JNIEnv *e, jbyteArray a, jsize from, jsize size, jbyte *to) {
  (void)e;
  memcpy(to, ((array *)a)->bytes + from, (size_t)size);
  expect(!g_pending, "GetByteArrayRegion");
}
static void JNICALL set_region(JNIEnv *e, jbyteArray a, jsize from, jsize size,
                               const jbyte *bytes) {
  (void)e;
  memcpy(((array *)a)->bytes + from, bytes, (size_t)size);
  expect(!g_pending, "SetByteArrayRegion");
}
/* Values and texts are "x", ended as texts are; the program throws when g_throws. */
static jobject JNICALL call_object(JNIEnv *e, jobject o, jmethodID m, ...) {
  array *out;
  (void)e, (void)o;
  if (call("CallObjectMethod", 1)) return NULL;
  if (g_throws && strcmp((const char *)m, "get") == 0) return g_pending = 1, NULL;
  out = made(2);
  memcpy(out->bytes, "x", 2);
  return (jobject)out;
}
static jint JNICALL call_int(JNIEnv *e, jobject o, jmethodID m, ...) {
  (void)e, (void)o, (void)m;
  return call("CallIntMethod", 1) ? 0 : OG_TIMEOUT;
}
static void JNICALL call_void(JNIEnv *e, jobject o, jmethodID m, ...) {
  (void)e, (void)o, (void)m;
  if (!call("CallVoidMethod", 1) && g_throws) g_pending = 1;
}
static void JNICALL call_static_void(JNIEnv *e, jclass c, jmethodID m, ...) {
  (void)e, (void)c, (void)m;
  call("CallStaticVoidMethod", 0);
  g_pending = 1;
}

static struct JNINativeInterface_ g_functions;
static JNIEnv g_env = &g_functions;

static jint JNICALL get_env(JavaVM *vm, void **out, jint version) {
  (void)vm, (void)version;
  *out = &g_env;
  return JNI_OK;
}
static struct JNIInvokeInterface_ g_invoke;
static JavaVM g_vm = &g_invoke;

static void fill(void) {
  struct JNINativeInterface_ *f = &g_functions;
  g_invoke.GetEnv = get_env;
  f->FindClass = find_class, f->NewGlobalRef = new_global_ref,
  f->DeleteGlobalRef = delete_global_ref;
  f->DeleteLocalRef = delete_local_ref, f->PushLocalFrame = push_local_frame;
  f->PopLocalFrame = pop_local_frame, f->ExceptionCheck = exception_check;
  f->ExceptionOccurred = exception_occurred, f->ExceptionClear = exception_clear;
  f->ThrowNew = throw_new, f->GetMethodID = get_method, f->GetStaticMethodID = get_method;
  f->GetArrayLength = length, f->NewByteArray = new_bytes, f->NewObjectArray = new_objects;
  f->SetObjectArrayElement = set_object, f->GetByteArrayRegion = get_region;
  f->SetByteArrayRegion = set_region, f->CallObjectMethod = call_object,
  f->CallIntMethod = call_int;
  f->CallVoidMethod = call_void, f->CallStaticVoidMethod = call_static_void;
}

static void ended(og_status status, const char *operation) {
  expect(!g_pending, operation);
  expect(g_frames == 0, "a frame was left");
  if (g_throws && !g_fails_at) expect(status == OG_TIMEOUT, "what the program threw has its code");
  g_pending = 0;
}

static void use(og_store *store) {
  og_batch *batch = NULL;
  og_value *value = NULL;
  int64_t size = og_store_get(store, "a", 1, &value, NULL);
  ended(size < 0 ? (og_status)size : OG_OK, "get left an exception");
  og_value_destroy(&value);
  ended(og_store_set(store, "a", 1, "1", 1, NULL), "set left an exception");
  ended(og_store_delete(store, "a", 1, NULL), "delete left an exception");
  og_batch_create(&batch, NULL);
  og_batch_set(batch, "a", 1, "1", 1);
  og_batch_delete(batch, "b", 1);
  ended(og_store_batch_write(store, batch, NULL), "batch_write left an exception");
  og_batch_destroy(&batch);
}

/* Whether the call that was to fail came. */
static int run(int fails_at, int throws) {
  og_store *store;
  g_calls = g_pending = g_globals = g_frames = 0;
  g_fails_at = fails_at;
  g_throws = throws;
  if (JNI_OnLoad(&g_vm, NULL) < 0) return 1; /* the JVM gives up the library */
  g_globals = 0;
  store = (og_store *)(intptr_t)Java_io_github_outgrow_raw_CustomStoreCalls_create(
      &g_env, NULL, (jobject)&g_object, 0);
  expect((store == NULL) == (g_pending != 0), "no store is an exception, and a store is none");
  g_pending = 0;
  if (store) use(store);
  og_store_destroy(&store);
  expect(g_globals == 0, "a global reference was left");
  return g_calls >= fails_at;
}

int main(void) {
  int throws, at;
  fill();
  for (throws = 0; throws < 2; ++throws) {
    run(0, throws);
    for (at = 1; run(at, throws); ++at) continue;
    printf("%d calls failed, each once\n", at - 1);
  }
  return g_wrong != 0;
}
