// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/endpoint_votes.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "core/fleet/endpoint_vote_scripts.h"
#include "core/fleet/fleet_names.h"

namespace og {
namespace {

constexpr int kEpochBits = 32;  // an order is an epoch and a count
constexpr int64_t kPollsHeld = 3;
constexpr int64_t kMostPollsHeld = 5;  // while a server settles
constexpr int64_t kPollsToSettle = 2;
constexpr size_t kHeadOfVotes = 5;  // integers in an answer
constexpr int64_t kNothingKnown = -1;

// Behind all that was counted by then: there is a pause between two calls.
int64_t calls_by(int64_t now) {
  return now / EndpointVotes::kPause & ((int64_t{1} << kEpochBits) - 1);
}

// The next word of a text with one blank between two; "" at its end.
std::string_view next_word(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

EndpointVotes::EndpointVotes(const Terms& terms, std::string key, const std::string& machine,
                             FleetLink& link, int64_t epoch, uint64_t seed, int64_t now)
    : terms_(terms),
      key_(std::move(key)),
      machine_(FleetNames::encoded(machine)),
      link_(link),
      random_(seed),
      order_((epoch << kEpochBits) + calls_by(now)) {}

void EndpointVotes::own(const std::string& name, bool is_unhealthy) {
  const bool is_other = is_unhealthy ? own_.insert(name).second : own_.erase(name) > 0;
  is_touched_ = is_touched_ || is_other;
}

std::string EndpointVotes::names() const {
  std::string all;
  size_t count = 0;
  for (auto name = own_.begin(); name != own_.end() && count < terms_.most; ++name, ++count) {
    all += ' ';
    all += FleetNames::encoded(*name);
  }
  return all;
}

void EndpointVotes::step(int64_t now) {
  if (!votes_.empty() && now >= holds_until_) {
    votes_.clear();
    version_ = kNothingKnown;
    ++counts_.heard;
  }
  if (std::exchange(is_touched_, false)) names_ = names();
  if (!is_called_ && due() <= now) call(now);
}

int64_t EndpointVotes::due() const {
  const int64_t ends = votes_.empty() ? kEndOfTime : holds_until_;
  if (is_called_) return ends;
  return std::min(ends, std::max(has_news() ? retry_at_ : poll_at_, retry_at_));
}

void EndpointVotes::call(int64_t now) {
  const bool tells = has_news();
  is_called_ = true;
  retry_at_ = later(now, kPause);
  const bool is_made = link_.call(
      {&kEndpointVotesScript,
       key_,
       {-1, terms_.vote_ns / 1000, static_cast<int64_t>(terms_.most), version_, tells, ++order_},
       tells ? machine_ + names_ : machine_},
      *this, 0, now);
  if (!is_made) {
    is_called_ = false;
    return;
  }
  ++counts_.calls;
  if (!tells) return;
  ++counts_.told;
  told_names_ = names_;
  told_ = order_;
  server_has_ = kNothingKnown;
}

void EndpointVotes::answered(uint64_t, const FleetAnswer& answer, int64_t now) {
  is_called_ = false;
  const auto& list = answer.reply.list;
  if (answer.fate != FleetAnswer::Fate::kDone || list.size() < kHeadOfVotes) {
    poll_at_ = retry_at_;
    return;
  }
  const int64_t age_us = list[1].integer, version = list[2].integer, machines = list[3].integer;
  server_has_ = list[4].integer;
  poll_at_ = later(now, terms_.poll_ns - static_cast<int64_t>(random_.below(
                                             static_cast<uint64_t>(terms_.poll_ns / 10 + 1))));
  holds_until_ = later(answer.sent_at, kPollsHeld * terms_.poll_ns);
  if (machines >= machines_ || now - machines_at_ > kPollsHeld * terms_.poll_ns) {
    machines_ = std::max<int64_t>(machines, 1);
    machines_at_ = now;
  }
  if (age_us < kPollsToSettle * terms_.poll_ns / 1000) {
    version_ = kNothingKnown;
    holds_until_ = std::min(holds_until_, later(taken_at_, kMostPollsHeld * terms_.poll_ns));
    return;
  }
  if (list.size() > kHeadOfVotes) read(list[kHeadOfVotes].text);
  version_ = version;
  taken_at_ = answer.sent_at;
}

void EndpointVotes::read(std::string_view text) {
  std::map<std::string, int64_t> votes;
  while (!text.empty()) {
    const std::string_view name = next_word(text), count = next_word(text);
    std::string decoded;
    int64_t number = 0;
    const auto end = std::from_chars(count.data(), count.data() + count.size(), number);
    if (FleetNames::decode(name, &decoded) && end.ec == std::errc()) votes[decoded] = number;
  }
  if (votes == votes_) return;
  votes_ = std::move(votes);
  ++counts_.heard;
}

std::set<std::string> EndpointVotes::judged(const std::map<std::string, int64_t>& votes,
                                            int64_t machines,
                                            const std::map<std::string, int64_t>& weights,
                                            int64_t total, int64_t part) {
  const int64_t needed = quorum(machines, part);
  std::vector<std::pair<int64_t, std::string_view>> voted;  // most votes first, then by name
  for (const auto& [name, count] : votes) {
    if (count >= needed && weights.count(name)) voted.emplace_back(-count, name);
  }
  std::sort(voted.begin(), voted.end());
  std::set<std::string> marked;
  int64_t left = total / 2;
  for (const auto& [votes_of, name] : voted) {
    const auto one = weights.find(std::string(name));
    if (one->second > left) continue;
    left -= one->second;
    marked.insert(one->first);
  }
  return marked;
}

}  // namespace og
