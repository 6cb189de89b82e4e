/* SPDX-License-Identifier: Apache-2.0 */
#include "jni_support.h"

#include <string.h>

/* The library may serve several class loaders, so it remembers nothing of any: a global reference
 * to a class keeps its loader alive, and the next loader's class is another. */
static JavaVM *g_vm;
static jclass g_bytes_class; /* byte[], the JVM's own */

JavaVM *outgrow_vm(void) { return g_vm; }

/* ---- waits ---- */

/* Of the JVM's own class: every class loader has the same. */
static jclass g_thread_class;
static jmethodID g_current_thread, g_is_interrupted;

static int find_thread_class(JNIEnv *jenv) {
  jclass found = (*jenv)->FindClass(jenv, "java/lang/Thread");
  if (!found) return 0;
  g_current_thread =
      (*jenv)->GetStaticMethodID(jenv, found, "currentThread", "()Ljava/lang/Thread;");
  g_is_interrupted = (*jenv)->GetMethodID(jenv, found, "isInterrupted", "()Z");
  g_thread_class = (*jenv)->NewGlobalRef(jenv, found);
  return g_thread_class && g_current_thread && g_is_interrupted;
}

static int32_t is_interrupted(void *context) {
  JNIEnv *jenv = context;
  jobject thread;
  jboolean interrupted;
  if ((*jenv)->ExceptionCheck(jenv)) return 0;
  thread = (*jenv)->CallStaticObjectMethod(jenv, g_thread_class, g_current_thread);
  interrupted = thread && (*jenv)->CallBooleanMethod(jenv, thread, g_is_interrupted);
  (*jenv)->DeleteLocalRef(jenv, thread);
  (*jenv)->ExceptionClear(jenv);
  return interrupted;
}

/* It stays: this library is called from here alone, by threads that then have this jenv. */
void outgrow_watch(JNIEnv *jenv) { og_wait_check(is_interrupted, jenv); }

/* Once a class loader. */
JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved) {
  JNIEnv *jenv;
  jclass bytes;
  (void)reserved;
  if ((*vm)->GetEnv(vm, (void **)&jenv, JNI_VERSION_1_8) != JNI_OK) return JNI_ERR;
  g_vm = vm;
  if (g_bytes_class) return JNI_VERSION_1_8;
  bytes = (*jenv)->FindClass(jenv, "[B");
  g_bytes_class = bytes ? (*jenv)->NewGlobalRef(jenv, bytes) : NULL;
  return g_bytes_class && find_thread_class(jenv) ? JNI_VERSION_1_8 : JNI_ERR;
}

/* By the class of the loader whose call this is. */
static void raise(JNIEnv *jenv, og_status code, jbyteArray message, jbyteArray option) {
  jclass errors = (*jenv)->FindClass(jenv, "io/github/outgrow/OutgrowException");
  jmethodID throws = errors ? (*jenv)->GetStaticMethodID(jenv, errors, "raise", "(I[B[B)V") : NULL;
  if (throws) (*jenv)->CallStaticVoidMethod(jenv, errors, throws, (jint)code, message, option);
}

/* ---- into C ---- */

void outgrow_throw_no_memory(JNIEnv *jenv) {
  jclass error = (*jenv)->FindClass(jenv, "java/lang/OutOfMemoryError");
  if (error) (*jenv)->ThrowNew(jenv, error, "outgrow: no native memory to pass an argument in");
}

void *outgrow_allocate(JNIEnv *jenv, int64_t size, outgrow_bytes *out) {
  out->owned = malloc(size > 0 ? (size_t)size : 1);
  if (!out->owned) outgrow_throw_no_memory(jenv);
  return out->owned;
}

static const char *skip(const char *at, int32_t *number) {
  memcpy(number, at, sizeof *number);
  return at + sizeof *number;
}

int outgrow_take_many(JNIEnv *jenv, jbyteArray from, outgrow_bytes *out, void ***data,
                      int64_t **sizes) {
  int32_t count = 0, size, i;
  jsize packed;
  const char *length;
  char *bytes;
  if (!from) return 1;
  packed = (*jenv)->GetArrayLength(jenv, from);
  (*jenv)->GetByteArrayRegion(jenv, from, 0, (jsize)sizeof count, (jbyte *)&count);
  if ((*jenv)->ExceptionCheck(jenv)) return 0;
  if (!outgrow_allocate(jenv, (int64_t)count * (int64_t)(sizeof **data + sizeof **sizes) + packed,
                        out)) {
    return 0;
  }
  *data = out->owned;
  *sizes = (int64_t *)(*data + count);
  bytes = (char *)(*sizes + count);
  (*jenv)->GetByteArrayRegion(jenv, from, 0, packed, (jbyte *)bytes);
  length = bytes + sizeof count;
  bytes += ((int64_t)count + 1) * (int64_t)sizeof count;
  for (i = 0; i < count; ++i) {
    length = skip(length, &size);
    (*data)[i] = bytes;
    (*sizes)[i] = size;
    bytes += size;
  }
  return 1;
}

#define TAKE(TYPE, ARRAY, ELEMENT, REGION)                                             \
  int outgrow_take_##TYPE##s(JNIEnv *jenv, ARRAY from, outgrow_bytes *out) {           \
    jsize size;                                                                        \
    if (!from) return 1;                                                               \
    size = (*jenv)->GetArrayLength(jenv, from);                                        \
    out->data = outgrow_allocate(jenv, (int64_t)size * (int64_t)sizeof(ELEMENT), out); \
    if (!out->data) return 0;                                                          \
    (*jenv)->REGION(jenv, from, 0, size, out->data);                                   \
    return 1;                                                                          \
  }
TAKE(int64_t, jlongArray, jlong, GetLongArrayRegion)
TAKE(int32_t, jintArray, jint, GetIntArrayRegion)
TAKE(double, jdoubleArray, jdouble, GetDoubleArrayRegion)

int outgrow_room(JNIEnv *jenv, jlongArray like, outgrow_bytes *out) {
  int64_t size = (int64_t)(*jenv)->GetArrayLength(jenv, like) * 8;
  out->data = outgrow_allocate(jenv, size, out);
  if (out->data) memset(out->data, 0, (size_t)size);
  return out->data != NULL;
}

/* ---- out of C ---- */

/* jlong is long here and int64_t may be long long: the same 64 bits. */
void outgrow_put_int64_ts(JNIEnv *jenv, jlongArray to, const int64_t *numbers) {
  if (!to) return;
  (*jenv)->SetLongArrayRegion(jenv, to, 0, (*jenv)->GetArrayLength(jenv, to),
                              (const jlong *)numbers);
}

void outgrow_put_int32_ts(JNIEnv *jenv, jintArray to, const int32_t *numbers) {
  if (!to) return;
  (*jenv)->SetIntArrayRegion(jenv, to, 0, (*jenv)->GetArrayLength(jenv, to), (const jint *)numbers);
}

void outgrow_put_int64_t(JNIEnv *jenv, jlongArray to, int64_t number) {
  jlong said = number;
  if (to) (*jenv)->SetLongArrayRegion(jenv, to, 0, 1, &said);
}

void outgrow_put_int32_t(JNIEnv *jenv, jintArray to, int32_t number) {
  jint said = number;
  if (to) (*jenv)->SetIntArrayRegion(jenv, to, 0, 1, &said);
}

jbyteArray outgrow_copy(JNIEnv *jenv, const void *data, int64_t size) {
  jbyteArray out;
  if (size > INT32_MAX) size = INT32_MAX; /* the JVM says then that it has no room for it */
  out = (*jenv)->NewByteArray(jenv, (jsize)size);
  if (out) (*jenv)->SetByteArrayRegion(jenv, out, 0, (jsize)size, data);
  return out;
}

jbyteArray outgrow_text(JNIEnv *jenv, const char *text) {
  return text ? outgrow_copy(jenv, text, (int64_t)strlen(text)) : NULL;
}

jobjectArray outgrow_byte_arrays(JNIEnv *jenv, int64_t count) {
  return (*jenv)->NewObjectArray(jenv, count > INT32_MAX ? INT32_MAX : (jsize)count, g_bytes_class,
                                 NULL);
}

void outgrow_set(JNIEnv *jenv, jobjectArray to, jsize index, jbyteArray element) {
  if (to && element) (*jenv)->SetObjectArrayElement(jenv, to, index, element);
  (*jenv)->DeleteLocalRef(jenv, element);
}

jbyteArray outgrow_value(JNIEnv *jenv, og_value **value, jlongArray answer, int64_t outcome,
                         int64_t other) {
  jbyteArray out = NULL;
  if (outcome != 0 || other != 0) {
    jlong said[] = {outcome, other};
    (*jenv)->SetLongArrayRegion(jenv, answer, 0, 2, said);
  }
  if (*value) out = outgrow_copy(jenv, og_value_data(*value), og_value_size(*value));
  og_value_destroy(value);
  return out;
}

jobjectArray outgrow_values(JNIEnv *jenv, og_value **values, const int64_t *outcomes,
                            jlongArray outcomes_out, int64_t result) {
  jsize count = (*jenv)->GetArrayLength(jenv, outcomes_out), i;
  jobjectArray out = NULL;
  if (result < 0) {
    raise(jenv, (og_status)result, NULL, NULL);
  } else {
    outgrow_put_int64_ts(jenv, outcomes_out, outcomes);
    out = outgrow_byte_arrays(jenv, count);
  }
  for (i = 0; i < count; ++i) {
    if (out && values[i]) {
      jbyteArray value = outgrow_copy(jenv, og_value_data(values[i]), og_value_size(values[i]));
      outgrow_set(jenv, out, i, value);
      if (!value) out = NULL;
    }
    og_value_destroy(&values[i]);
  }
  return out;
}

void outgrow_throw_error(JNIEnv *jenv, og_error *error) {
  og_status code = og_error_code(error);
  if (code != OG_NONE) {
    jbyteArray message = outgrow_text(jenv, og_error_message(error));
    jbyteArray option = message ? outgrow_text(jenv, og_error_option(error)) : NULL;
    if (option) raise(jenv, code, message, option);
  }
  og_error_destroy(&error);
}
