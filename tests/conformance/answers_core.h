// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the core column's drivers spell answers, a kind each; `answers` in
// bindings/generate/vectors.py.
#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include "core/base/store.h"
#include "core/cache/cache_entry.h"
#include "core/data/shard_map.h"
#include "core/service/request.h"
#include "tests/conformance/driver.h"
#include "tests/conformance/members.h"

namespace og::conformance {

inline json word(Status status) {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kRefused:
      return "refused";
    case Status::kNone:
      return "none";
    case Status::kDenied:
      return "denied";
    case Status::kMiss:
      return "miss";
    case Status::kAbsent:
      return "absent";
    case Status::kWait:
      return "wait";
    case Status::kLapsed:
      return "lapsed";
    case Status::kStale:
      return "stale";
    case Status::kFull:
      return "full";
    default:
      return "invalid";
  }
}

inline json answer_wait(int64_t wait) {
  if (wait == INT64_MAX) return "never";
  return wait < 0 ? word(static_cast<Status>(wait)) : json(wait);
}

inline json answer_count(int64_t count) { return count < 0 ? json("invalid") : json(count); }
template <class T>
json answer_count(const Result<T>& count) {
  return count ? json(*count) : json("invalid");
}
inline json answer_count_or_number(int64_t count) { return count; }
inline json answer_count_or_number(const Result<int32_t>& count) {
  return count ? json(*count) : json(static_cast<int>(count.error().code));
}
inline json answer_duration(int64_t ns) { return answer_count(ns); }
inline json answer_truth(int64_t truth) { return answer_count(truth); }
inline json answer_text(const Result<std::string>& text) { return answer_count(text); }

inline json answer_number(double number) {
  if (number == static_cast<int>(Status::kNone)) return json();
  return number < 0 ? json("invalid") : json(plain(number));
}

inline json answer_number(const Result<double>& number) {
  if (number) return plain(*number);
  return number.error().code == Status::kNone ? json() : json("invalid");
}

inline json answer_left(int64_t ns) {
  return ns == INT64_MAX ? json("none") : json(ns / 1'000'000);
}

// None, or of a ticket that has lapsed.
inline json answer_index(int32_t index) {
  if (index == static_cast<int32_t>(Status::kLapsed)) return "lapsed";
  return index < 0 ? json("none") : json(index);
}
inline json answer_index_or_error(const Result<int32_t>& index) {
  return index ? json(*index) : error_json(index.error());
}

inline json answer_outcome(Status status) { return word(status); }
inline json answer_outcome_or_status(Status status) {
  if (status == Status::kClosed) return "closed";
  const json said = word(status);
  return said == "invalid" ? json{{"error", static_cast<int>(status)}} : said;
}
inline json answer_outcome_or_status(const Result<Status>& status) {
  return answer_outcome_or_status(status ? *status : status.error().code);
}
inline json answer_stood(Status status) { return word(status); }
inline json answer_stood(bool stood) { return stood ? "ok" : "lapsed"; }

// Some functions give nothing, a Status or a Result.
inline json done_word(Status status) { return word(status); }
inline json done_word(const Result<void>& result) { return result ? "ok" : "invalid"; }
template <class Call>
json answer_done(Call&& call) {
  if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
    return call(), "ok";
  } else {
    return done_word(call());
  }
}
template <class Call>
json answer_done_or_error(Call&& call) {
  const Result<void> result = call();
  return result ? json("ok") : error_json(result.error());
}

// The time to live that it says; -1, for the option's, where it says none.
inline int64_t ttl_in(const json& step) {
  return step.contains("ttl_ms") ? whole(step, "ttl_ms") * 1'000'000 : -1;
}

inline json or_null(const CacheValue& value) {
  return value ? json(std::string(value.bytes())) : json();
}

// What was granted is remembered.
template <class Seen>
json leased(Held& held, const json& step, const char* given, const Seen& seen) {
  int64_t id = 0;
  if constexpr (requires { seen.lease; }) {
    id = seen.lease > 0 ? seen.lease : static_cast<int64_t>(seen.outcome);
  } else {
    id = seen.result;
  }
  if (id > 0) held[text(step, "as")] = id;
  const json outcome = id > 0 ? json(given) : id == 0 ? json("hit") : word(static_cast<Status>(id));
  return {
      {"outcome", outcome}, {"value", or_null(seen.value)}, {"wait_ms", seen.wait_ns / 1'000'000}};
}

inline json answer_bytes(const json& step, const Result<std::optional<std::string>>& found) {
  if (!found) return error_json(found.error());
  return *found ? in_hex(step, **found) : json("absent");
}

inline ServiceEnding::Keep kept(const json& step) {
  using Keep = ServiceEnding::Keep;
  return step.contains("value") ? Keep::kValue
         : flag(step, "absent") ? Keep::kAbsence
                                : Keep::kNothing;
}

// Null for none.
template <class Found, class Spell>
json answer_record(const Found& found, Spell&& spell) {
  if (found) return spell(*found);
  if constexpr (requires { found.error(); }) return error_json(found.error());
  return {};
}

// What a get found in a cache.
template <class Lookup>
json answer_found(const Lookup& lookup) {
  if (lookup.outcome != Status::kOk) return word(lookup.outcome);
  return {{"value", std::string(lookup.value.bytes())}};
}

inline json made(Held& held, const json& step, const Result<int32_t>& index) {
  if (!index) return "invalid";
  held[text(step, "as")] = *index;
  return "ok";
}

inline json take(Held& held, const json& step, int64_t id, const char* otherwise) {
  if (id == static_cast<int64_t>(Status::kInvalidArgument)) return "invalid";
  if (id <= 0) return otherwise;
  held[text(step, "as")] = id;
  return "permit";
}

inline json take_ticket(Held& held, const json& step, int64_t ticket, const json& answer) {
  if (ticket <= 0) return word(static_cast<Status>(ticket));
  held[text(step, "as")] = ticket;
  return answer;
}

// Bytes: a text, in hexadecimal where "hex" says so, or an integer's key on a shard map.
inline std::string raw_of(const json& step, const json& member) {
  if (!member.is_number()) return unhexed(step, member);
  const auto bytes = ShardMap::int64_key(member);
  return {bytes.data(), bytes.size()};
}
inline std::string raw(const json& step, const char* name) { return raw_of(step, step.at(name)); }
inline std::vector<int64_t> wholes(const json& step, const char* name) {
  return step.value(name, std::vector<int64_t>());
}

// A list of shards, or how many.
inline std::vector<int32_t> shards(const json& step, const char* name) {
  if (step.at(name).is_array()) return step.at(name);
  std::vector<int32_t> all(step.at(name).get<size_t>());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// A batch of [key, value or null] each, until the end of the call.
struct writes : std::vector<StoreWrite> {
  writes(const json& step, const char* name) {
    for (const json& write : step.at(name)) {
      push_back({bytes.emplace_back(raw_of(step, write[0])), std::nullopt});
      if (!write[1].is_null()) back().value = bytes.emplace_back(raw_of(step, write[1]));
    }
  }
  std::deque<std::string> bytes = {};
};

// A list of keys as functions take many; for no list, as many empty ones as `count` says.
struct Keys {
  Keys(const json& step, const char* name) : texts(static_cast<size_t>(whole(step, "count"))) {
    if (step.contains(name)) texts.clear();
    for (const json& key : step.value(name, json::array())) texts.push_back(raw_of(step, key));
    for (const std::string& text : texts) {
      data.push_back(text.data());
      lens.push_back(static_cast<int64_t>(text.size()));
    }
  }
  int64_t count() const { return static_cast<int64_t>(texts.size()); }
  std::vector<std::string_view> views() const { return {texts.begin(), texts.end()}; }

  std::vector<std::string> texts;
  std::vector<const void*> data = {};
  std::vector<int64_t> lens = {};
};

template <class At>
auto counted(int64_t count, At&& at) {
  std::vector<decltype(at(count))> all;
  for (int64_t i = 0; i < count; ++i) all.push_back(at(i));
  return all;
}

template <class T, class Row>
json answer_rows(const std::vector<T>& list, Row&& row) {
  return rows_of(list, row);
}
template <class List, class Row>
json answer_rows(const Result<List>& list, Row&& row) {
  return list ? rows_of(*list, row) : json("invalid");
}
// Of what the call puts into a list of as many as there are keys, or as it returns.
template <class T, class Call, class Spell>
json answer_each(const Keys& keys, Call&& call, Spell&& spell) {
  std::vector<T> all(keys.texts.size());
  if constexpr (!std::is_void_v<std::invoke_result_t<Call, const Keys&, std::vector<T>&>>) {
    all.resize(128);
    all.resize(static_cast<size_t>(call(keys, all)));
  } else {
    call(keys, all);
  }
  return rows_of(all, spell);
}

template <class Noun, class Made>
json into(std::shared_ptr<Noun>& noun, Made made) {
  if constexpr (requires { made.error(); }) {
    if (!made) return "invalid";
    noun = std::move(*made);
  } else {
    noun = std::move(made);
  }
  return "ok";
}

// Where a driver has no endpoints, no index is one of theirs.
template <class Endpoints>
json named(const std::shared_ptr<Endpoints>& endpoints, int32_t index) {
  return index < 0 ? answer_index(index) : json(must(endpoints->name(index)));
}

template <class Enum>
json word_of(const std::vector<std::string>& words, Enum value) {
  return words.at(static_cast<size_t>(value));
}

// Past the last for a word that there is not.
inline size_t value_of(const std::vector<std::string>& words, const std::string& word) {
  const auto found = std::find(words.begin(), words.end(), word);
  return static_cast<size_t>(found - words.begin());
}

}  // namespace og::conformance
