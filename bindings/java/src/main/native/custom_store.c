/* SPDX-License-Identifier: Apache-2.0 */
/* A store whose functions are those of a CustomStoreCalls object, called on the thread that is in
 * the library. What Java throws becomes the store's error. */
#include "jni_support.h"

typedef struct custom {
  jobject calls; /* a global reference */
  jmethodID get, write, batch_write, reason, failed;
  int owned; /* by the store: before that its making, when it fails, gives back */
} custom;

/* What a callback makes of references goes with it, however long the call that it is in. */
enum { REFERENCES = 8 };

/* Without room for them it is OG_NO_MEMORY, told by the status: what was thrown is dropped. */
static JNIEnv *enter(void) {
  JNIEnv *jenv = NULL;
  (*outgrow_vm())->GetEnv(outgrow_vm(), (void **)&jenv, JNI_VERSION_1_8);
  if (jenv && (*jenv)->PushLocalFrame(jenv, REFERENCES) < 0) {
    (*jenv)->ExceptionClear(jenv);
    jenv = NULL;
  }
  return jenv;
}

/* OG_OK, or what was thrown, told to the reply. */
static og_status leave(JNIEnv *jenv, const custom *self, og_store_reply *reply, og_status status) {
  jthrowable thrown = (*jenv)->ExceptionOccurred(jenv);
  if (thrown) {
    jbyteArray text;
    OUTGROW_HELD bytes = OUTGROW_NOTHING;
    char small[OUTGROW_SMALL];
    (*jenv)->ExceptionClear(jenv);
    status = (*jenv)->CallIntMethod(jenv, self->calls, self->reason, thrown);
    if ((*jenv)->ExceptionCheck(jenv)) {
      (*jenv)->ExceptionClear(jenv);
      status = OG_STORE;
    }
    text = (*jenv)->CallObjectMethod(jenv, self->calls, self->failed, thrown);
    if (!(*jenv)->ExceptionCheck(jenv) && text && outgrow_take(jenv, text, &bytes, small)) {
      og_store_reply_error(reply, bytes.data);
    }
    (*jenv)->ExceptionClear(jenv);
  }
  (*jenv)->PopLocalFrame(jenv, NULL);
  return status;
}

static og_status host_get(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  const custom *self = context;
  JNIEnv *jenv = enter();
  jbyteArray name, value = NULL;
  OUTGROW_HELD bytes = OUTGROW_NOTHING;
  char small[OUTGROW_SMALL];
  og_status status = OG_ABSENT;
  if (!jenv) return OG_NO_MEMORY;
  name = outgrow_copy(jenv, key, key_len);
  if (name) value = (*jenv)->CallObjectMethod(jenv, self->calls, self->get, name);
  if (!(*jenv)->ExceptionCheck(jenv) && value && outgrow_take(jenv, value, &bytes, small)) {
    status = og_store_reply_value(reply, bytes.data, bytes.size);
  }
  return leave(jenv, self, reply, status);
}

static og_status host_set(void *context, const void *key, int64_t key_len, const void *value,
                          int64_t value_len, og_store_reply *reply) {
  const custom *self = context;
  JNIEnv *jenv = enter();
  jbyteArray name, bytes = NULL;
  if (!jenv) return OG_NO_MEMORY;
  name = outgrow_copy(jenv, key, key_len);
  if (name) bytes = outgrow_copy(jenv, value, value_len);
  if (bytes) (*jenv)->CallVoidMethod(jenv, self->calls, self->write, name, bytes);
  return leave(jenv, self, reply, OG_OK);
}

static og_status host_remove(void *context, const void *key, int64_t key_len,
                             og_store_reply *reply) {
  const custom *self = context;
  JNIEnv *jenv = enter();
  jbyteArray name;
  if (!jenv) return OG_NO_MEMORY;
  name = outgrow_copy(jenv, key, key_len);
  if (name) (*jenv)->CallVoidMethod(jenv, self->calls, self->write, name, (jobject)NULL);
  return leave(jenv, self, reply, OG_OK);
}

static jobjectArray pairs_of(JNIEnv *jenv, const og_batch *batch) {
  int64_t size = og_batch_size(batch), i;
  jobjectArray pairs = outgrow_byte_arrays(jenv, 2 * size);
  for (i = 0; pairs && i < size; ++i) {
    const void *key = NULL, *value = NULL;
    int64_t key_len = 0, value_len = 0;
    og_status found = og_batch_at(batch, i, &key, &key_len, &value, &value_len);
    outgrow_set(jenv, pairs, (jsize)(2 * i), outgrow_copy(jenv, key, key_len));
    if (found == OG_OK && !(*jenv)->ExceptionCheck(jenv)) {
      outgrow_set(jenv, pairs, (jsize)(2 * i + 1), outgrow_copy(jenv, value, value_len));
    }
    if ((*jenv)->ExceptionCheck(jenv)) return NULL;
  }
  return pairs;
}

static og_status host_batch_write(void *context, const og_batch *batch, og_store_reply *reply) {
  const custom *self = context;
  JNIEnv *jenv = enter();
  jobjectArray pairs;
  if (!jenv) return OG_NO_MEMORY;
  pairs = pairs_of(jenv, batch);
  if (pairs) (*jenv)->CallVoidMethod(jenv, self->calls, self->batch_write, pairs);
  return leave(jenv, self, reply, OG_OK);
}

/* On whichever thread destroyed the last handle, which may be one of the library's. */
static void host_release(void *context) {
  custom *self = context;
  JavaVM *vm = outgrow_vm();
  JNIEnv *jenv = NULL;
  int attached;
  if (!self->owned) return;
  attached = (*vm)->GetEnv(vm, (void **)&jenv, JNI_VERSION_1_8) == JNI_EDETACHED &&
             (*vm)->AttachCurrentThreadAsDaemon(vm, (void **)&jenv, NULL) == JNI_OK;
  if (jenv) (*jenv)->DeleteGlobalRef(jenv, self->calls);
  if (attached) (*vm)->DetachCurrentThread(vm);
  free(self);
}

static jmethodID method(JNIEnv *jenv, jclass class, const char *name, const char *signature) {
  return (*jenv)->ExceptionCheck(jenv) ? NULL : (*jenv)->GetMethodID(jenv, class, name, signature);
}

JNIEXPORT jlong JNICALL Java_io_github_outgrow_raw_CustomStoreCalls_create(JNIEnv *jenv,
                                                                           jclass class,
                                                                           jobject calls,
                                                                           jlong clock) {
  og_store_functions functions = {sizeof functions, NULL,        host_get, host_set, host_remove,
                                  host_batch_write, host_release};
  OUTGROW_HELD memory = OUTGROW_NOTHING;
  custom *self = outgrow_allocate(jenv, sizeof *self, &memory);
  og_store *store = NULL;
  og_error *error = NULL;
  if (!self) return 0;
  self->get = method(jenv, class, "get", "([B)[B");
  self->write = method(jenv, class, "write", "([B[B)V");
  self->batch_write = method(jenv, class, "batchWrite", "([[B)V");
  self->reason = method(jenv, class, "reason", "(Ljava/lang/Throwable;)I");
  self->failed = method(jenv, class, "failed", "(Ljava/lang/Throwable;)[B");
  if ((*jenv)->ExceptionCheck(jenv)) return 0;
  self->calls = (*jenv)->NewGlobalRef(jenv, calls);
  if (!self->calls) { /* the JVM need not have thrown */
    if (!(*jenv)->ExceptionCheck(jenv)) outgrow_throw_no_memory(jenv);
    return 0;
  }
  self->owned = 0;
  functions.context = self;
  if (og_store_create_custom(&functions, (const og_clock *)(intptr_t)clock, &store, &error) !=
      OG_OK) {
    (*jenv)->DeleteGlobalRef(jenv, self->calls);
    outgrow_throw_error(jenv, error);
    return 0;
  }
  self->owned = 1;
  memory.owned = NULL; /* host_release frees it */
  return (jlong)(intptr_t)store;
}
