// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "class_members.h"
#include "nouns_generated.h"

namespace outgrow::python::query_members {
namespace {

// The next row into `row`, unless the answer is an outcome.
int64_t read(Query &self, std::optional<int64_t> now, py::object &row) {
  int32_t shard = 0;
  const void *key = nullptr, *bytes = nullptr;
  int64_t key_size = 0, size = 0;
  og_query *query = self.get();
  int64_t result = now ? og_query_next_at(query, *now, &shard, &key, &key_size, &bytes, &size)
                       : og_query_next(query, &shard, &key, &key_size, &bytes, &size);
  if (check(result, "next") != OG_OK) return result;
  row = answers::Row(owned(integer(shard)), to_bytes(key, key_size), to_bytes(bytes, size));
  return result;
}

}  // namespace

PyObject *row_many(Query &self, const Arguments<4> &given) {
  int32_t shard = given.index(0);
  ManyBytes rows(given[1], "rows");
  std::optional<ManyBytes> keys;
  if (given.given(2)) {
    keys.emplace(given[2], "keys");
    if (keys->count() != rows.count()) {
      raise(OG_INVALID_ARGUMENT, "keys must be as many as rows", "keys");
    }
  }
  const void *const *each = keys ? keys->data() : nullptr;
  const int64_t *sizes = keys ? keys->sizes() : nullptr;
  auto now = given.time(3);
  const og_status result = now ? og_query_row_many_at(self.get(), shard, each, sizes, rows.data(),
                                                      rows.sizes(), rows.count(), *now)
                               : og_query_row_many(self.get(), shard, each, sizes, rows.data(),
                                                   rows.sizes(), rows.count());
  check(result, given.method());
  return Enum::status(result).release().ptr();
}

PyObject *waiting(Query &self, const Arguments<1> &given) {
  auto now = given.time(0);
  int64_t shards = 0;
  check(now ? og_query_state_at(self.get(), *now, &shards) : og_query_state(self.get(), &shards),
        given.method());
  return integer(shards);
}

PyObject *next(Query &self, const Arguments<1> &given) {
  py::object row;
  int64_t result = read(self, given.time(0), row);
  return (result == OG_OK ? row : Enum::status(result)).release().ptr();
}

PyObject *special_iter(Query &, const Arguments<0> &given) { return Py_NewRef(given.self); }

PyObject *special_next(Query &self, const Arguments<0> &) {
  py::object row;
  switch (read(self, std::nullopt, row)) {
    case OG_NONE:
      PyErr_SetNone(PyExc_StopIteration);
      return nullptr;
    case OG_WAIT:
      raise(OG_WAIT, "the query is pending: its policy is not yet met");
    case OG_REFUSED:
      raise(OG_REFUSED, "the query has failed: too few shards answered");
    default:
      return row.release().ptr();
  }
}

PyObject *failures(Query &self, const Arguments<0> &) {
  const og_query *query = self.get();
  py::list answer;
  for (int64_t i = 0; i < og_query_failures(query); ++i) {
    int32_t shard = 0;
    og_status reason = OG_OK;
    const char *message = "";
    int64_t dropped = 0;
    og_query_failure(query, i, &shard, &reason, &message, &dropped);
    answer.append(answers::ShardFailure(owned(integer(shard)), Enum::status(reason), said(message),
                                        owned(integer(dropped))));
  }
  return answer.release().ptr();
}

}  // namespace outgrow::python::query_members
