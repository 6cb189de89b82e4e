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
using og::conformance::Held;
using og::conformance::held_in;
using og::conformance::hexed;
using og::conformance::in_hex;
using og::conformance::lines;
using og::conformance::real;
using og::conformance::text;
using og::conformance::unhexed;
using og::conformance::whole;

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
inline json answer_index(std::int32_t index) { return index < 0 ? json("none") : json(index); }
inline json answer_index(std::optional<std::int32_t> index) {
  return answer_index(index.value_or(OG_NONE));
}

inline json answer_found(const Lookup& lookup) {
  return lookup ? json{{"value", lookup.value.string()}} : word(lookup.status);
}
inline json named(const Endpoints& endpoints, std::int32_t index) {
  return index < 0 ? json("none") : json(endpoints.name(index));
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
Enum value_of(const Words<Enum>& words, const std::string& word) {
  for (const auto& [known, value] : words) {
    if (known == word) return value;
  }
  throw std::runtime_error("no such word: " + word);
}

}  // namespace outgrow::conformance
