// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/link.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/time.h"

namespace og {
namespace {

// What a server says that cannot serve, whatever it is asked: it has done nothing of it.
constexpr std::array<std::string_view, 12> kCannotServe = {
    "LOADING", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "OOM",       "NOREPLICAS",
    "MISCONF", "BUSY",       "NOAUTH",      "NOPERM",   "WRONGPASS", "TRYAGAIN"};

// Machines that ask again for a server that is away do it a thousand times a second together.
constexpr int64_t kSpreadAMachine = 2'000'000;  // ns
constexpr int64_t kLeastSpread = 250'000'000;   // ns

// An error's first word, which is its kind.
std::string_view kind_of(std::string_view error) { return error.substr(0, error.find(' ')); }

bool cannot_serve(std::string_view error) {
  return std::find(kCannotServe.begin(), kCannotServe.end(), kind_of(error)) != kCannotServe.end();
}

}  // namespace

bool FleetLink::call(Call call, FleetCaller& caller, uint64_t tag, int64_t now) {
  if (!takes_calls()) {
    ++counts_.not_sent;
    return false;
  }
  waiting_.push_back({std::move(call), &caller, tag, later(now, settings_.timeout_ns), false});
  return true;
}

void FleetLink::forget(const FleetCaller& caller) {
  std::erase_if(waiting_, [&](const Waiting& one) { return one.caller == &caller; });
  std::erase_if(sent_, [&](const auto& one) { return one.second.waiting.caller == &caller; });
}

std::vector<FleetLink::Command> FleetLink::take(int64_t now) {
  step(now);
  std::vector<Command> batch;
  if (state_ == State::kNew || (state_ == State::kApart && has_come(ask_at_, now))) {
    state_ = State::kAsking;
    batch.push_back(info(now));
    return batch;
  }
  if (state_ != State::kUp) return batch;
  while (!waiting_.empty() && batch.size() < settings_.batch &&
         sent_.size() < settings_.in_flight) {
    batch.push_back(command(std::move(waiting_.front()), now));
    waiting_.pop_front();
  }
  return batch;
}

int64_t FleetLink::due() const {
  if (state_ == State::kNew) return 0;
  int64_t at = state_ == State::kApart ? ask_at_ : kEndOfTime;
  if (state_ == State::kUp && !waiting_.empty() && sent_.size() < settings_.in_flight) return 0;
  if (!waiting_.empty()) at = std::min(at, waiting_.front().ends_at);
  for (const auto& [id, sent] : sent_) at = std::min(at, sent.waiting.ends_at);
  return at;
}

FleetLink::Command FleetLink::info(int64_t now) {
  const int64_t id = ++last_id_;
  sent_.emplace(id, Sent{{{}, nullptr, 0, later(now, settings_.timeout_ns), false}, now});
  ++counts_.sent;
  return {id, {"INFO"}};
}

FleetLink::Command FleetLink::command(Waiting waiting, int64_t now) {
  const Call& call = waiting.call;
  Command made{++last_id_, {}};
  made.words.reserve(4 + call.numbers.size());
  if (waiting.with_text)
    made.words = {"EVAL", std::string(call.script->text), "1", call.key};
  else
    made.words = {"EVALSHA", std::string(call.script->sha), "1", call.key};
  for (int64_t number : call.numbers) made.words.push_back(std::to_string(number));
  if (!call.text.empty()) made.words.push_back(call.text);
  sent_.emplace(made.id, Sent{std::move(waiting), now});
  ++counts_.sent;
  return made;
}

void FleetLink::reply(int64_t id, FleetReply reply, int64_t now) {
  const bool is_error = reply.kind == FleetReply::Kind::kError;
  heard_at_ = std::max(heard_at_, now);
  const auto found = sent_.find(id);
  if (found == sent_.end()) {
    ++counts_.late;
    if (state_ == State::kApart) ask_at_ = std::min(ask_at_, now);
    return;
  }
  Sent sent = std::move(found->second);
  sent_.erase(found);
  timed(now - sent.at);
  if (!sent.waiting.caller) return learned(reply, now);
  if (is_error && kind_of(reply.text) == "NOSCRIPT" && !sent.waiting.with_text) {
    ++counts_.texts;
    sent.waiting.with_text = true;
    if (state_ == State::kUp && sent.waiting.ends_at > now)
      waiting_.push_front(std::move(sent.waiting));
    else
      end(sent.waiting, {FleetAnswer::Fate::kNotSent}, now);
    return;
  }
  if (is_error && cannot_serve(reply.text) && state_ == State::kUp)
    part("the server answers " + std::string(kind_of(reply.text)), now);
  const auto fate = is_error ? FleetAnswer::Fate::kRefused : FleetAnswer::Fate::kDone;
  if (!is_error) pauses_ = 0;  // not by INFO's reply: a server that is full answers that too
  end(sent.waiting, {fate, std::move(reply), sent.at}, now);
}

// Whoever may not ask INFO goes on without what it tells.
void FleetLink::learned(const FleetReply& reply, int64_t now) {
  if (state_ != State::kAsking) return;
  if (reply.kind == FleetReply::Kind::kError) {
    const std::string_view kind = kind_of(reply.text);
    if (cannot_serve(reply.text) && kind != "NOPERM")
      return part("the server answers " + std::string(kind), now);
  } else {
    ServerFacts facts = ServerFacts::parse(reply.text);
    std::string why = facts.why_not();
    if (!facts.is_same(server_)) ++counts_.servers;
    server_ = std::move(facts);
    if (!why.empty()) return part(std::move(why), now);
  }
  state_ = State::kUp;
  if (pauses_ > 0) back_until_ = later(now, longest_pause_ns());
  why_apart_.clear();
}

void FleetLink::broken(std::string_view why, int64_t now) {
  for (auto sent = std::exchange(sent_, {}); auto& [id, one] : sent) {
    if (one.waiting.caller) end(one.waiting, {FleetAnswer::Fate::kUnknownFate, {}, one.at}, now);
  }
  part(std::string(why), now);
}

void FleetLink::step(int64_t now) {
  bool unheard = false;
  for (auto at = sent_.begin(); at != sent_.end();) {
    if (!has_come(at->second.waiting.ends_at, now)) {
      ++at;
      continue;
    }
    // Nothing else asks again where INFO has no reply, whatever else was heard since.
    unheard = unheard || heard_at_ <= at->second.at || !at->second.waiting.caller;
    if (at->second.waiting.caller)
      end(at->second.waiting, {FleetAnswer::Fate::kUnknownFate, {}, at->second.at}, now);
    at = sent_.erase(at);
  }
  while (!waiting_.empty() && has_come(waiting_.front().ends_at, now)) {
    end(waiting_.front(), {FleetAnswer::Fate::kNotSent}, now);
    waiting_.pop_front();
  }
  if (unheard && state_ != State::kApart) part("no reply in time", now);
}

void FleetLink::part(std::string why, int64_t now) {
  for (auto waiting = std::exchange(waiting_, {}); const Waiting& one : waiting)
    end(one, {FleetAnswer::Fate::kNotSent}, now);
  if (state_ == State::kApart) return;
  if (pauses_ == 0) ++counts_.parted;
  state_ = State::kApart;
  why_apart_ = std::move(why);
  const int doublings = std::min(pauses_++, 30);
  const int64_t longest = longest_pause_ns();
  const int64_t most = settings_.least_pause_ns > longest >> doublings
                           ? longest
                           : settings_.least_pause_ns << doublings;
  ask_at_ = later(now, static_cast<int64_t>(random_.below(static_cast<uint64_t>(most) + 1)));
}

int64_t FleetLink::longest_pause_ns() const {
  const int64_t least = std::min(kLeastSpread, settings_.longest_pause_ns);
  return machines_ >= settings_.longest_pause_ns / kSpreadAMachine
             ? settings_.longest_pause_ns
             : std::max(machines_ * kSpreadAMachine, least);
}

void FleetLink::timed(int64_t taken_ns) {
  taken_ns = std::max<int64_t>(taken_ns, 0);
  round_trip_ns_ =
      round_trip_ns_ == 0 ? taken_ns : round_trip_ns_ + (taken_ns - round_trip_ns_) / 8;
}

void FleetLink::end(const Waiting& waiting, FleetAnswer answer, int64_t now) {
  switch (answer.fate) {
    case FleetAnswer::Fate::kDone:
      ++counts_.answered;
      break;
    case FleetAnswer::Fate::kRefused:
      ++counts_.refused;
      break;
    case FleetAnswer::Fate::kNotSent:
      ++counts_.not_sent;
      break;
    case FleetAnswer::Fate::kUnknownFate:
      ++counts_.unknown;
      break;
  }
  waiting.caller->answered(waiting.tag, answer, now);
}

}  // namespace og
