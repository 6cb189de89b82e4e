/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a call from Python can cost: METH_FASTCALL functions written by hand for one key and
 * one handle, without keywords, types of keys or closing. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <outgrow.h>

static og_limiter *limiter;
static og_breaker *breaker;
static og_shards *shards;
static og_cache *cache;

static const char *key_of(PyObject *key, Py_ssize_t *size) {
  return PyUnicode_AsUTF8AndSize(key, size);
}


static PyObject *try_acquire(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  Py_ssize_t size;
  const char *key = key_of(args[0], &size);
  (void)self, (void)count;
  if (!key) return NULL;
  return PyBool_FromLong(og_limiter_acquire(limiter, key, size, 1) == 0);
}

static PyObject *enter(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self, (void)args, (void)count;
  return PyLong_FromLongLong(og_breaker_enter(breaker));
}

static PyObject *leave(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self, (void)count;
  return PyBool_FromLong(og_breaker_exit(breaker, PyLong_AsLongLong(args[0]), 1) == OG_OK);
}

static PyObject *shard_of(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  Py_ssize_t size;
  const char *key = key_of(args[0], &size);
  (void)self, (void)count;
  if (!key) return NULL;
  return PyLong_FromLong(og_shards_of(shards, key, size));
}

static PyObject *get(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  Py_ssize_t size;
  const char *key = key_of(args[0], &size);
  og_value *value = NULL;
  PyObject *bytes;
  (void)self, (void)count;
  if (!key) return NULL;
  if (og_cache_pin(cache, key, size, &value) < 0) Py_RETURN_NONE;
  bytes = PyBytes_FromStringAndSize(og_value_data(value), og_value_size(value));
  og_value_destroy(&value);
  return bytes;
}

static PyMethodDef methods[] = {
#define FAST(name) {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL, NULL}
    FAST(try_acquire), FAST(enter), FAST(leave), FAST(shard_of), FAST(get), {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "plain", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_plain(void) {
  og_config *config = NULL;
  og_config_create(&config, NULL);
  og_config_limiter_rate(config, "1000000000/s");
  if (og_limiter_create(config, NULL, &limiter, NULL) || og_breaker_create(NULL, NULL, &breaker, NULL) ||
      og_shards_create(NULL, NULL, NULL, 0, &shards, NULL) || og_cache_create(NULL, NULL, &cache, NULL)) {
    PyErr_SetString(PyExc_RuntimeError, "no nouns to measure");
  }
  og_config_destroy(&config);
  og_cache_set(cache, "client-000012345", 16, "value", 5, 0);
  return PyErr_Occurred() ? NULL : PyModule_Create(&module);
}
