// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the drivers over outgrow.hpp spell answers, a kind each; `answers` in
// bindings/generate/vectors.py.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/driver_cpp.h"
#include "tests/conformance/members.h"

namespace outgrow::conformance {

using og::conformance::flag;
using og::conformance::given;
using og::conformance::given_in;
using og::conformance::Held;
using og::conformance::held_in;
using og::conformance::in_hex;
using og::conformance::lines;
using og::conformance::plain;
using og::conformance::real;
using og::conformance::reals;
using og::conformance::spaced;
using og::conformance::text;
using og::conformance::unhexed;
using og::conformance::whole;

// Bytes: a text, in hexadecimal where "hex" says so, or an integer's key on a shard map.
inline std::string raw_of(const json& step, const json& member) {
  if (!member.is_number()) return unhexed(step, member);
  const auto bytes = ShardMap::int64_key(member.get<std::int64_t>());
  return std::string(Bytes(bytes).view());
}
inline std::string raw(const json& step, const char* name) { return raw_of(step, step.at(name)); }
inline std::vector<std::string> raws(const json& step, const char* name) {
  std::vector<std::string> all;
  for (const json& member : step.value(name, json::array())) all.push_back(raw_of(step, member));
  return all;
}
// [key, value or null] each.
inline Batch writes(const json& step, const char* name) {
  Batch batch;
  for (const json& write : step.at(name)) {
    if (write[1].is_null()) {
      batch.remove(raw_of(step, write[0]));
    } else {
      batch.set(raw_of(step, write[0]), raw_of(step, write[1]));
    }
  }
  return batch;
}
inline std::vector<std::int64_t> wholes(const json& step, const char* name) {
  return step.value(name, std::vector<std::int64_t>());
}

// What the call answers, or an Error's number.
template <class Call>
json answer_or_number(Call&& call) {
  try {
    return call();
  } catch (const Error& error) {
    return static_cast<int>(error.status());
  }
}

// What the call answers, or an Error as {"error": number}, but for "closed".
template <class Call>
json answer_or_status(Call&& call) {
  try {
    return call();
  } catch (const Error& error) {
    if (error.status() == Status::closed) return "closed";
    return {{"error", static_cast<int>(error.status())}};
  }
}

inline json answer_left(std::optional<Duration> left) {
  return !left || *left == kNever ? json("none") : json(whole_ms(*left));
}
inline json answer_wait(Duration wait) {
  return wait == kNever ? json("never") : json(wait.count());
}
inline json answer_wait(Admission admission) { return answer_wait(admission.retry_after()); }
inline json answer_duration(Duration duration) { return duration.count(); }
inline json answer_count(std::int64_t count) { return count; }
inline json answer_number(std::optional<double> number) { return number ? json(*number) : json(); }
inline json answer_truth(bool truth) { return truth ? 1 : 0; }
inline json answer_text(const std::string& text) { return text; }
inline json answer_stood(Status status) { return word(status); }
inline json answer_outcome(Status status) { return word(status); }
// None, or of a ticket that has lapsed.
inline json answer_index(std::int32_t index) {
  if (index == OG_LAPSED) return "lapsed";
  return index < 0 ? json("none") : json(index);
}
inline json answer_index(std::optional<std::int32_t> index) {
  return answer_index(index.value_or(OG_NONE));
}

template <class List, class Row>
json answer_rows(const List& list, Row&& row) {
  return og::conformance::rows_of(list, row);
}
template <class Noun, class Spell>
json answer_record(const Noun& noun, Spell&& spell) {
  return noun ? spell(noun) : json();
}
// Of what the call puts into a list, or returns.
template <class T, class Call, class Spell>
json answer_each(Call&& call, Spell&& spell) {
  std::vector<T> all;
  if constexpr (std::is_void_v<std::invoke_result_t<Call, std::vector<T>&>>) {
    call(all);
    return answer_rows(all, spell);
  } else {
    return answer_rows(call(all), spell);
  }
}

inline json answer_bytes(const json& step, const Lookup& found) {
  return found ? in_hex(step, found.view()) : word(found.status);
}
inline json answer_found(const Lookup& lookup) {
  return lookup ? json{{"value", lookup.value.string()}} : word(lookup.status);
}
inline json named(const Endpoints& endpoints, std::int32_t index) {
  return index < 0 ? answer_index(index) : json(endpoints.name(index));
}
inline json made(Held& held, const json& step, std::int32_t index) {
  return held[text(step, "as")] = index, "ok";
}

// Vectors return some permits twice, so that the driver keeps their numbers.
template <class Claim>
json take(Held& held, const json& step, Claim claim, const char* otherwise) {
  if (!claim) return otherwise;
  held[text(step, "as")] = claim.let_go();
  return "permit";
}

template <class Claim, class Answer>
json take_ticket(Held& held, const json& step, Claim claim, Answer&& answer) {
  if (!claim) return word(claim.status());
  const json answered = answer(claim);
  held[text(step, "as")] = claim.let_go();
  return answered;
}

// Vectors use some leases and tickets twice, so that the driver keeps their numbers.
inline json leased(Held& held, const json& step, const char* given, LeasedLookup seen) {
  const json outcome = seen.lease                  ? json(given)
                       : seen.status == Status::ok ? json("hit")
                                                   : word(seen.status);
  if (seen.lease) held[text(step, "as")] = seen.lease.let_go();
  return {{"outcome", outcome}, {"value", or_null(seen.value)}, {"wait_ms", whole_ms(seen.wait)}};
}
inline json leased(Held& held, const json& step, const char* given, ServiceCall call) {
  const json outcome = call                          ? json(given)
                       : call.status() == Status::ok ? json("hit")
                                                     : word(call.status());
  const json said = {
      {"outcome", outcome}, {"value", or_null(call.value())}, {"wait_ms", whole_ms(call.wait())}};
  if (call) held[text(step, "as")] = call.let_go();
  return said;
}
// Of a call that goes on.
template <class Seen>
auto seen_of(ServiceCall call, Seen&& seen) {
  const auto answer = seen(call);
  call.let_go();
  return answer;
}

template <class Enum>
using Words = std::vector<std::pair<std::string, Enum>>;

template <class Enum>
json word_of(const Words<Enum>& words, Enum value) {
  for (const auto& [word, known] : words) {
    if (known == value) return word;
  }
  return {};
}
template <class Enum>
json word_of(const Words<Enum>& words, std::optional<Enum> value) {
  return value ? word_of(words, *value) : json();
}

// A constant that there is not for a word that there is not.
template <class Enum>
Enum value_of(const Words<Enum>& words, const std::string& word) {
  for (const auto& [known, value] : words) {
    if (known == word) return value;
  }
  return static_cast<Enum>(-1);
}

}  // namespace outgrow::conformance
