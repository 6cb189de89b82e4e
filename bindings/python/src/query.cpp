// SPDX-License-Identifier: Apache-2.0
#include "query.h"

#include <optional>

#include "answer.h"
#include "noun_class.h"

namespace outgrow::python {
namespace {

PyObject *status(int64_t result, const char *method) {
  return Enum::status(check(result, method)).release().ptr();
}

PyObject *row(Query &self, const Arguments<4> &given) {
  int32_t shard = given.index(0);
  Bytes bytes = Bytes(given[1], "row"), key = given.key(2);
  auto now = given.time(3);
  og_query *query = self.get();
  return status(
      now ? og_query_row_at(query, shard, key.data(), key.size(), bytes.data(), bytes.size(), *now)
          : og_query_row(query, shard, key.data(), key.size(), bytes.data(), bytes.size()),
      given.method());
}

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
  return status(now ? og_query_row_many_at(self.get(), shard, each, sizes, rows.data(),
                                           rows.sizes(), rows.count(), *now)
                    : og_query_row_many(self.get(), shard, each, sizes, rows.data(), rows.sizes(),
                                        rows.count()),
                given.method());
}

PyObject *shard_done(Query &self, const Arguments<2> &given) {
  int32_t shard = given.index(0);
  auto now = given.time(1);
  return stood(now ? og_query_done_at(self.get(), shard, *now) : og_query_done(self.get(), shard),
               given);
}

PyObject *fail(Query &self, const Arguments<4> &given) {
  int32_t shard = given.index(0), reason = given.index(1, OG_STORE);
  std::string message = given.text(2);
  auto now = given.time(3);
  return stood(now ? og_query_fail_at(self.get(), shard, reason, message.c_str(), *now)
                   : og_query_fail(self.get(), shard, reason, message.c_str()),
               given);
}

PyObject *state(Query &self, const Arguments<1> &given) {
  auto now = given.time(0);
  return Enum::query_state(check(now ? og_query_state_at(self.get(), *now, nullptr)
                                     : og_query_state(self.get(), nullptr),
                                 given.method()))
      .release()
      .ptr();
}

PyObject *waiting(Query &self, const Arguments<1> &given) {
  auto now = given.time(0);
  int64_t shards = 0;
  check(now ? og_query_state_at(self.get(), *now, &shards) : og_query_state(self.get(), &shards),
        given.method());
  return integer(shards);
}

PyObject *time_left(Query &self, const Arguments<1> &given) {
  auto now = given.time(0);
  return number(
      seconds(check(now ? og_query_time_left_at(self.get(), *now) : og_query_time_left(self.get()),
                    given.method())));
}

// The next row into `row`, unless the answer is an outcome.
int64_t read(Query &self, std::optional<int64_t> now, py::object &row) {
  int32_t shard = 0;
  const void *key = nullptr, *bytes = nullptr;
  int64_t key_size = 0, size = 0;
  og_query *query = self.get();
  int64_t result = now ? og_query_next_at(query, *now, &shard, &key, &key_size, &bytes, &size)
                       : og_query_next(query, &shard, &key, &key_size, &bytes, &size);
  if (check(result, "next") != OG_OK) return result;
  row = Answer::row(owned(integer(shard)), to_bytes(key, key_size), to_bytes(bytes, size));
  return result;
}

PyObject *next_row(Query &self, const Arguments<1> &given) {
  py::object row;
  int64_t result = read(self, given.time(0), row);
  return (result == OG_OK ? row : Enum::status(result)).release().ptr();
}

py::object iterate(Query &self) {
  py::object row;
  switch (read(self, std::nullopt, row)) {
    case OG_NONE:
      throw py::stop_iteration();
    case OG_WAIT:
      raise(OG_WAIT, "the query is pending: its policy is not yet met");
    case OG_REFUSED:
      raise(OG_REFUSED, "the query has failed: too few shards answered");
    default:
      return row;
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
    answer.append(Answer::failure(owned(integer(shard)), Enum::status(reason), said(message),
                                  owned(integer(dropped))));
  }
  return answer.release().ptr();
}

PyObject *refused(Query &self, const Arguments<0> &given) {
  return integer(check(og_query_refused(self.get()), given.method()));
}

constexpr const char *kDoc =
    "One query, out at its shards; of Gather.start. Iterating gives its merged Rows once its "
    "policy is\n"
    "met, and ends it: shards still out have failed. Safe from every thread.";

}  // namespace

void bind_query(py::module_ &module) {
  auto type = closing_class<Query>(module, kDoc);
  type.def("__iter__", [](py::object self) { return self; });
  type.def("__next__", &iterate);
  method<row>(
      type, "row($self, shard, row, key=b'', *, now_ns=None)",
      "A row of a shard: Status.OK, LAPSED when the shard has ended, FULL beyond max_bytes.");
  method<row_many>(type, "row_many($self, shard, rows, keys=None, *, now_ns=None)",
                   "Many rows; the first Status that is not OK ends it.");
  method<shard_done>(type, "done($self, shard, *, now_ns=None)",
                     "All rows of the shard are in. False when it had ended already.");
  method<fail>(type, "fail($self, shard, reason=None, message='', *, now_ns=None)",
               "The shard failed; reason is a Status, STORE by default.");
  method<state>(type, "state($self, *, now_ns=None)", "A QueryState.");
  method<waiting>(type, "waiting($self, *, now_ns=None)", "How many shards are out.");
  method<time_left>(type, "time_left($self, *, now_ns=None)",
                    "Seconds until the deadline; inf without one.");
  method<next_row>(type, "next($self, *, now_ns=None)",
                   "The next Row; or Status.NONE after the last, WAIT while pending, REFUSED when "
                   "failed.");
  method<failures>(type, "failures($self)", "ShardFailures, in the order in which they happened.");
  method<refused>(type, "refused($self)", "Rows refused: too late, or beyond max_bytes.");
}

}  // namespace outgrow::python
