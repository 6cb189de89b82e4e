/* SPDX-License-Identifier: Apache-2.0 */
/* The least that a call from Python can cost: METH_FASTCALL functions written by hand for one key
 * and one handle, without keywords, types of keys or closing. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <outgrow.h>

static og_limiter *limiter;
static og_breaker *breaker;
static og_shards *shards;
static og_cache *cache;
static og_balancer *balancer;
static og_service *service;

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

static PyObject *peek(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  Py_ssize_t size;
  const char *key = key_of(args[0], &size);
  (void)self, (void)count;
  if (!key) return NULL;
  return PyFloat_FromDouble((double)og_limiter_peek(limiter, key, size, 1) / 1e9);
}

static PyObject *enter(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self, (void)args, (void)count;
  return PyLong_FromLongLong(og_breaker_enter(breaker));
}

static PyObject *leave(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self, (void)count;
  return PyBool_FromLong(og_breaker_exit(breaker, PyLong_AsLongLong(args[0]), 1) == OG_OK);
}

static PyObject *acquire(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  int32_t index = 0;
  int64_t ticket = og_balancer_acquire(balancer, NULL, 0, &index);
  PyObject *answer = PyTuple_New(2);
  (void)self, (void)args, (void)count;
  if (!answer) return NULL;
  PyTuple_SET_ITEM(answer, 0, PyLong_FromLongLong(ticket));
  PyTuple_SET_ITEM(answer, 1, PyLong_FromLong(index));
  return answer;
}

static PyObject *release(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self, (void)count;
  return PyBool_FromLong(og_balancer_release(balancer, PyLong_AsLongLong(args[0]), 1, -1) == OG_OK);
}

static PyObject *uncount(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self, (void)count;
  return PyBool_FromLong(og_balancer_cancel(balancer, PyLong_AsLongLong(args[0])) == OG_OK);
}

static PyObject *begin(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  Py_ssize_t size;
  const char *key = key_of(args[0], &size);
  og_value *value = NULL;
  int64_t wait = 0, ticket;
  PyObject *answer;
  (void)self, (void)count;
  if (!key) return NULL;
  ticket = og_service_begin(service, OG_SERVICE_READ, key, size, NULL, 0, &value, &wait);
  answer = PyTuple_New(3);
  if (!answer) return NULL;
  PyTuple_SET_ITEM(answer, 0, PyLong_FromLongLong(ticket));
  PyTuple_SET_ITEM(answer, 1, Py_NewRef(Py_None));
  PyTuple_SET_ITEM(answer, 2, PyLong_FromLongLong(wait));
  return answer;
}

static PyObject *undo(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)self, (void)count;
  return PyBool_FromLong(og_service_cancel(service, PyLong_AsLongLong(args[0])) == OG_OK);
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

/* `with` over one permit: what the statement itself costs is in both. */
typedef struct {
  PyObject_HEAD int64_t permit;
} Guard;

static PyObject *guard_enter(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)args, (void)count;
  ((Guard *)self)->permit = og_breaker_enter(breaker);
  return Py_NewRef(self);
}

static PyObject *guard_exit(PyObject *self, PyObject *const *args, Py_ssize_t count) {
  (void)count;
  og_breaker_exit(breaker, ((Guard *)self)->permit, args[0] == Py_None);
  Py_RETURN_FALSE;
}

#define FAST(name, function) {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL, NULL}
static PyMethodDef guard_methods[] = {
    FAST("__enter__", guard_enter), FAST("__exit__", guard_exit), {NULL, NULL, 0, NULL}};
static PyTypeObject guard_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "plain.Guard",
                                  .tp_basicsize = sizeof(Guard), .tp_flags = Py_TPFLAGS_DEFAULT,
                                  .tp_new = PyType_GenericNew, .tp_methods = guard_methods};

static PyMethodDef methods[] = {FAST("try_acquire", try_acquire),
                                FAST("peek", peek),
                                FAST("enter", enter),
                                FAST("leave", leave),
                                FAST("acquire", acquire),
                                FAST("release", release),
                                FAST("uncount", uncount),
                                FAST("begin", begin),
                                FAST("undo", undo),
                                FAST("shard_of", shard_of),
                                FAST("get", get),
                                {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "plain", NULL, -1, methods, NULL, NULL, NULL, NULL};

static int make_nouns(void) {
  og_config *config = NULL;
  og_endpoints *endpoints = NULL;
  int failed;
  og_config_create(&config, NULL);
  og_config_limiter_rate(config, "1000000000/s");
  failed = og_limiter_create(config, NULL, &limiter, NULL) ||
           og_breaker_create(NULL, NULL, &breaker, NULL) ||
           og_shards_create(NULL, NULL, NULL, 0, &shards, NULL) ||
           og_cache_create(NULL, NULL, &cache, NULL) ||
           og_endpoints_create(NULL, &endpoints, NULL) ||
           og_endpoints_add(endpoints, "a", 1, NULL, NULL) < 0 ||
           og_balancer_create(NULL, endpoints, NULL, &balancer, NULL);
  og_config_destroy(&config);
  og_config_create(&config, NULL);
  og_config_set(config, "limiter.rate", "1000000000/s");
  failed = failed || og_service_create(config, NULL, &service, NULL);
  og_config_destroy(&config);
  og_endpoints_destroy(&endpoints);
  return failed ? -1 : og_cache_set(cache, "client-000012345", 16, "value", 5, 0);
}

PyMODINIT_FUNC PyInit_plain(void) {
  PyObject *made;
  if (make_nouns() != OG_OK) {
    PyErr_SetString(PyExc_RuntimeError, "no nouns to measure");
    return NULL;
  }
  made = PyModule_Create(&module);
  if (made && PyModule_AddType(made, &guard_type) != 0) Py_CLEAR(made);
  return made;
}
