/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How C crosses to Java. Only SWIG's class of native methods is kept (bindings/generate/built_java.py):
 * static methods on primitives and byte[], nothing between them and the C function.
 *
 *   handles          long; the destroying calls take the long, `out` handles are returned
 *   bytes            byte[] and its length, copied in a region: into the stack when small. null is NULL, 0
 *   texts            byte[] of UTF-8: JNI's own strings are modified UTF-8. Into C, NUL-terminated
 *   many keys        one byte[]: count, lengths, bytes (PackedBytes.java)
 *   values           byte[], or null; what else there is to say goes into a long[]
 *   og_error **      an exception, but for OG_NONE: nothing is there
 */
%{
#include "jni_support.h"
%}
%pragma(java) jniclassclassmodifiers="public final class"
%pragma(java) jniclasscode=%{
  static {
    NativeLibrary.load();
  }
%}

/* Constants are Java's own (Constants.java); errors, texts and values cross as below; the program's store
 * is custom_store.c. */
%rename("$ignore", %$isenumitem) "";
%rename("$ignore", %$isenum) "";
%rename("$ignore", %$isconstant) "";
%ignore og_store_functions;
%ignore og_store_create_custom;
%ignore og_store_reply_value;
%ignore og_store_reply_error;
%ignore og_store_reply_abandon; /* an exception comes back */
%ignore og_error_code;
%ignore og_error_message;
%ignore og_error_option;
%ignore og_error_destroy;
%ignore og_text_data;
%ignore og_text_size;
%ignore og_text_destroy;
%ignore og_value_data;
%ignore og_value_size;
%ignore og_value_destroy;

/* What a parameter or a result is called in the three layers that SWIG has. */
%define OG_CROSSES_AS(C, JNI, JAVA)
%typemap(jni) C "JNI"
%typemap(jtype) C "JAVA"
%typemap(jstype) C "JAVA"
%typemap(javain) C "$javainput"
%typemap(javaout) C { return $jnicall; }
%enddef

/* ---- handles ---- */

OG_CROSSES_AS(SWIGTYPE *, jlong, long)
OG_CROSSES_AS(SWIGTYPE **, jlong, long)
%typemap(in) SWIGTYPE * "$1 = ($1_ltype)(intptr_t)$input;"
%typemap(in) SWIGTYPE ** ($*1_ltype handle) "handle = ($*1_ltype)(intptr_t)$input; $1 = &handle;"

%typemap(in, numinputs=0) SWIGTYPE **out ($*1_ltype made = NULL) "$1 = &made;"
%typemap(argout) SWIGTYPE **out "$result = (jlong)(intptr_t)*$1;"

%define OG_MAKES(FUNCTION)
OG_CROSSES_AS(FUNCTION, jlong, long)
%typemap(out) FUNCTION "(void)$1;"
%enddef

/* ---- errors ---- */

%typemap(in, numinputs=0) og_error **error (og_error *problem = NULL) "$1 = &problem;"
%typemap(argout) og_error **error "if (*$1) outgrow_throw_error(jenv, *$1);"

/* ---- waits, which an interrupt of the thread ends ---- */

%define OG_WAITS(function)
%exception function {
  outgrow_watch(jenv);
  $action
}
%enddef

/* ---- bytes and texts into C: what is held is given back when the wrapper returns ---- */

OG_CROSSES_AS(const char *, jbyteArray, byte[])
%typemap(in) const char * (OUTGROW_HELD bytes = OUTGROW_NOTHING, char small[OUTGROW_SMALL]) {
  if (!outgrow_take(jenv, $input, &bytes, small)) return $null;
  $1 = bytes.data;
}

%typemap(freearg) const char * ""

/* Java says the size: asking the JVM for it costs a tenth of a limiter's call. `check` comes after all of `in`,
 * when both are known. */
OG_CROSSES_AS(const void *, jbyteArray, byte[])
%typemap(in) const void * "$1 = $input;"
%typemap(check) (const void *key, int64_t key_len) (OUTGROW_HELD bytes = OUTGROW_NOTHING, char small[OUTGROW_SMALL]) {
  if (!outgrow_take_sized(jenv, (jbyteArray)$1, (jsize)$2, &bytes, small)) return $null;
  $1 = bytes.data;
}

OG_CROSSES_AS((const void *const *keys, const int64_t *key_lens), jbyteArray, byte[])
%typemap(in) (const void *const *keys, const int64_t *key_lens) (OUTGROW_HELD bytes = OUTGROW_NOTHING) {
  if (!outgrow_take_many(jenv, $input, &bytes, &$1, &$2)) return $null;
}
%typemap(argout) (const void *const *keys, const int64_t *key_lens) ""

/* ---- arrays of numbers: `in` is copied in, `out` copied back; null is NULL ---- */

%define OG_ARRAY_IN(C, JARRAY, JAVA, TYPE)
OG_CROSSES_AS(C, JARRAY, JAVA)
%typemap(in) C (OUTGROW_HELD bytes = OUTGROW_NOTHING) {
  if (!outgrow_take_##TYPE##s(jenv, $input, &bytes)) return $null;
  $1 = bytes.data;
}
%typemap(argout) C ""
%enddef
OG_ARRAY_IN(const int64_t *, jlongArray, long[], int64_t)
OG_ARRAY_IN(const int32_t *, jintArray, int[], int32_t)
OG_ARRAY_IN(const double *, jdoubleArray, double[], double)

/* Addresses, as the raw layer has them. */
OG_ARRAY_IN(og_limiter *const *, jlongArray, long[], int64_t)

%define OG_ARRAY_OUT(C, JARRAY, JAVA, TYPE)
OG_ARRAY_IN(C, JARRAY, JAVA, TYPE)
%typemap(argout) C { outgrow_put_##TYPE##s(jenv, $input, $1); }
%enddef
OG_ARRAY_OUT(int64_t *waits, jlongArray, long[], int64_t)
OG_ARRAY_OUT(int32_t *out, jintArray, int[], int32_t)

/* ---- numbers out of C ---- */

OG_CROSSES_AS(int32_t *, jintArray, int[])
%typemap(in) int32_t * ($*1_ltype number = 0) "$1 = &number;"
%typemap(argout) int32_t * "outgrow_put_int32_t(jenv, $input, *$1);"
OG_CROSSES_AS(int64_t *, jlongArray, long[])
%typemap(in) int64_t * ($*1_ltype number = 0) "$1 = &number;"
%typemap(argout) int64_t * "outgrow_put_int64_t(jenv, $input, *$1);"

/* ---- bytes and texts out of C ---- */

%typemap(out) const char * "$result = outgrow_text(jenv, $1);"

%define OG_GIVES_TEXT(function)
OG_CROSSES_AS(og_status function, jbyteArray, byte[])
%typemap(out) og_status function "(void)$1;"
%enddef
%typemap(in, numinputs=0) og_text **out (og_text *text = NULL) "$1 = &text;"
%typemap(argout) og_text **out {
  if (*$1) $result = outgrow_copy(jenv, og_text_data(*$1), og_text_size(*$1));
  og_text_destroy($1);
}

OG_CROSSES_AS(og_status og_shards_int64_key, jbyteArray, byte[])
%typemap(out) og_status og_shards_int64_key "(void)$1;"
%typemap(in, numinputs=0) void *out (char bytes[8]) "$1 = bytes;"
%typemap(argout) void *out "$result = outgrow_copy(jenv, $1, 8);"

/* Borrowed texts and pairs of bytes, into an array of the caller's. */
OG_CROSSES_AS(const char **, jobjectArray, byte[][])
%typemap(in) const char ** (const char *text = NULL) "$1 = ($1_ltype)&text;"
%typemap(argout) const char ** "outgrow_set(jenv, $input, 0, outgrow_text(jenv, *$1));"

OG_CROSSES_AS((const void **key, int64_t *key_len, const void **value, int64_t *value_len), jobjectArray, byte[][])
%typemap(in) (const void **key, int64_t *key_len, const void **value, int64_t *value_len)
    (const void *first = NULL, int64_t first_size = 0, const void *second = NULL, int64_t second_size = 0) {
  $1 = ($1_ltype)&first;
  $2 = &first_size;
  $3 = ($3_ltype)&second;
  $4 = &second_size;
}
%typemap(argout) (const void **key, int64_t *key_len, const void **value, int64_t *value_len) {
  if (*$1) outgrow_set(jenv, $input, 0, outgrow_copy(jenv, *$1, *$2));
  if (*$3) outgrow_set(jenv, $input, 1, outgrow_copy(jenv, *$3, *$4));
}

/* As many bytes of a value as the byte[] has room for. */
OG_CROSSES_AS((void *out, int64_t out_capacity), jbyteArray, byte[])
%typemap(in) (void *out, int64_t out_capacity) (OUTGROW_HELD bytes = OUTGROW_NOTHING) {
  $2 = (*jenv)->GetArrayLength(jenv, $input);
  $1 = outgrow_allocate(jenv, $2, &bytes);
  if (!$1) return $null;
}
%typemap(argout) (void *out, int64_t out_capacity) {
  if (result > 0) (*jenv)->SetByteArrayRegion(jenv, $input, 0, (jsize)(result < $2 ? result : $2), $1);
}

/* ---- values: the bytes are returned; [0] of the long[] is 0 or what else the answer was ---- */

%define OG_GIVES_VALUE(function)
OG_CROSSES_AS(int64_t function, jbyteArray, byte[])
%typemap(out) int64_t function ""
%enddef

OG_CROSSES_AS(og_value **out, jlongArray, long[])
%typemap(in) og_value **out (og_value *value = NULL) "$1 = &value;"
%typemap(argout) og_value **out "$result = outgrow_value(jenv, $1, $input, *$1 ? 0 : result, 0);"

/* [1] is where the answer came from. */
OG_CROSSES_AS((og_value **out, int32_t *source), jlongArray, long[])
%typemap(in) (og_value **out, int32_t *source) (og_value *value = NULL, int32_t other = 0) {
  $1 = &value;
  $2 = &other;
}
%typemap(argout) (og_value **out, int32_t *source)
  "$result = outgrow_value(jenv, $1, $input, *$1 ? 0 : result, *$2);"

/* [0] is the outcome, which a lease or a ticket may be beside a stale value; [1] is wait_ns. */
OG_CROSSES_AS((og_value **out, int64_t *wait_ns), jlongArray, long[])
%typemap(in) (og_value **out, int64_t *wait_ns) (og_value *value = NULL, int64_t other = 0) {
  $1 = &value;
  $2 = &other;
}
%typemap(argout) (og_value **out, int64_t *wait_ns)
  "$result = outgrow_value(jenv, $1, $input, result, *$2);"
%apply (og_value **out, int64_t *wait_ns) { (og_value **value, int64_t *wait_ns) }

/* The long[] has an outcome a key. */
%define OG_GIVES_VALUES(function)
OG_CROSSES_AS(int64_t function, jobjectArray, byte[][])
%typemap(out) int64_t function ""
%enddef
OG_CROSSES_AS((og_value **out, int64_t *outcomes), jlongArray, long[])
%typemap(in) (og_value **out, int64_t *outcomes) (OUTGROW_HELD values = OUTGROW_NOTHING, OUTGROW_HELD outcomes = OUTGROW_NOTHING) {
  if (!outgrow_room(jenv, $input, &values) || !outgrow_room(jenv, $input, &outcomes)) return $null;
  $1 = values.data;
  $2 = outcomes.data;
}
%typemap(argout) (og_value **out, int64_t *outcomes)
  "$result = outgrow_values(jenv, $1, $2, $input, result);"

/* ---- several numbers out, into one long[] ---- */

OG_CROSSES_AS((int64_t *limit, int64_t *remaining, int64_t *reset_after_ns), jlongArray, long[])
%typemap(in) (int64_t *limit, int64_t *remaining, int64_t *reset_after_ns) (int64_t said[3] = {0, 0, 0}) {
  $1 = &said[0];
  $2 = &said[1];
  $3 = &said[2];
}
%typemap(argout) (int64_t *limit, int64_t *remaining, int64_t *reset_after_ns)
  "outgrow_put_int64_ts(jenv, $input, $1);"

OG_CROSSES_AS((int64_t *limit, int64_t *remaining, int64_t *reset_after_ns, int64_t *next_after_ns), jlongArray, long[])
%typemap(in) (int64_t *limit, int64_t *remaining, int64_t *reset_after_ns, int64_t *next_after_ns) (int64_t said[4] = {0, 0, 0, 0}) {
  $1 = &said[0];
  $2 = &said[1];
  $3 = &said[2];
  $4 = &said[3];
}
%typemap(argout) (int64_t *limit, int64_t *remaining, int64_t *reset_after_ns, int64_t *next_after_ns)
  "outgrow_put_int64_ts(jenv, $input, $1);"

OG_CROSSES_AS((int64_t *after_ns, int64_t *number), jlongArray, long[])
%typemap(in) (int64_t *after_ns, int64_t *number) (int64_t said[2] = {0, 0}) {
  $1 = &said[0];
  $2 = &said[1];
}
%typemap(argout) (int64_t *after_ns, int64_t *number)
  "outgrow_put_int64_ts(jenv, $input, $1);"

/* ---- which function crosses in which of these shapes: java_crossing.py, from the headers ---- */

%include "functions.i"

/* ---- og_service_end where there are no bytes: kept is OG_SERVICE_KEEP_NOTHING or _ABSENCE ---- */

%inline %{
static int32_t og_service_end_without(og_service *service, int64_t ticket, int32_t success,
                                      int64_t latency_ns, int64_t kept, int64_t ttl_ns) {
  return og_service_end(service, ticket, success, latency_ns, NULL, kept, ttl_ns);
}
static int32_t og_service_end_without_at(og_service *service, int64_t ticket, int32_t success,
                                         int64_t latency_ns, int64_t kept, int64_t ttl_ns,
                                         int64_t now_ns) {
  return og_service_end_at(service, ticket, success, latency_ns, NULL, kept, ttl_ns, now_ns);
}
%}
