/* SPDX-License-Identifier: Apache-2.0 */
/* What the typemaps of bindings/swig/java.i call. Functions that return int answer 0 with a Java
 * exception pending. */
#ifndef OUTGROW_JNI_SUPPORT_H
#define OUTGROW_JNI_SUPPORT_H

#include <jni.h>
#include <outgrow.h>
#include <stdlib.h>

/* Bytes copied in from Java; `owned` is what to free of them. */
typedef struct outgrow_bytes {
  void *data;
  int64_t size;
  void *owned;
} outgrow_bytes;

static inline void outgrow_give_back(outgrow_bytes *bytes) { free(bytes->owned); }

/* A local of this type gives back when its scope ends, whichever return ends it. */
#define OUTGROW_HELD __attribute__((cleanup(outgrow_give_back))) outgrow_bytes
#define OUTGROW_NOTHING {NULL, 0, NULL}

/* Keys of up to this size are copied to the stack. */
#define OUTGROW_SMALL 256

JavaVM *outgrow_vm(void);

/* An interrupt of this thread ends what it waits for in the library, and stays. */
void outgrow_watch(JNIEnv *jenv);

/* ---- into C ---- */

void outgrow_throw_no_memory(JNIEnv *jenv);
void *outgrow_allocate(JNIEnv *jenv, int64_t size, outgrow_bytes *out);

static inline int outgrow_take_sized(JNIEnv *jenv, jbyteArray from, jsize size, outgrow_bytes *out,
                                     char *small) {
  if (!from) return 1;
  out->data = size <= OUTGROW_SMALL ? small : outgrow_allocate(jenv, size, out);
  out->size = size;
  if (!out->data) return 0;
  (*jenv)->GetByteArrayRegion(jenv, from, 0, size, out->data);
  return 1;
}

static inline int outgrow_take(JNIEnv *jenv, jbyteArray from, outgrow_bytes *out, char *small) {
  return outgrow_take_sized(jenv, from, from ? (*jenv)->GetArrayLength(jenv, from) : 0, out, small);
}

/* PackedBytes.java: an int32 count, as many int32 lengths, then the bytes. */
int outgrow_take_many(JNIEnv *jenv, jbyteArray from, outgrow_bytes *out, void ***data,
                      int64_t **sizes);

int outgrow_take_int64_ts(JNIEnv *jenv, jlongArray from, outgrow_bytes *out);
int outgrow_take_int32_ts(JNIEnv *jenv, jintArray from, outgrow_bytes *out);
int outgrow_take_doubles(JNIEnv *jenv, jdoubleArray from, outgrow_bytes *out);

/* Zeroed, 8 bytes for each of the array's numbers. */
int outgrow_room(JNIEnv *jenv, jlongArray like, outgrow_bytes *out);

/* ---- out of C; arrays that are null are left out ---- */

void outgrow_put_int64_ts(JNIEnv *jenv, jlongArray to, const int64_t *numbers);
void outgrow_put_int32_ts(JNIEnv *jenv, jintArray to, const int32_t *numbers);
void outgrow_put_int64_t(JNIEnv *jenv, jlongArray to, int64_t number);
void outgrow_put_int32_t(JNIEnv *jenv, jintArray to, int32_t number);

jbyteArray outgrow_copy(JNIEnv *jenv, const void *data, int64_t size);
jbyteArray outgrow_text(JNIEnv *jenv, const char *text);
/* byte[count][], its elements null. */
jobjectArray outgrow_byte_arrays(JNIEnv *jenv, int64_t count);
/* An element that is NULL sets nothing. */
void outgrow_set(JNIEnv *jenv, jobjectArray to, jsize index, jbyteArray element);

/* Takes the value. answer[0] becomes outcome and answer[1] other, unless both are 0. */
jbyteArray outgrow_value(JNIEnv *jenv, og_value **value, jlongArray answer, int64_t outcome,
                         int64_t other);
/* Takes the values. A negative result is thrown. */
jobjectArray outgrow_values(JNIEnv *jenv, og_value **values, const int64_t *outcomes,
                            jlongArray outcomes_out, int64_t result);

/* Takes the error and throws it; OG_NONE is an answer, not an error. */
void outgrow_throw_error(JNIEnv *jenv, og_error *error);

#endif
