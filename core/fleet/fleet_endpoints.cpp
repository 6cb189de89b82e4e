// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/fleet_endpoints.h"

#include <algorithm>
#include <utility>

#include "core/base/time.h"
#include "core/fleet/endpoint_scripts.h"

namespace og {
namespace {

constexpr int64_t kPauseOfWords = 20'000'000;  // ns between two calls
constexpr int64_t kPollsToReread = 3;
constexpr size_t kHeadOfWords = 6;  // integers in an answer

}  // namespace

FleetEndpoints::FleetEndpoints(const Terms& terms, std::string key, FleetLink& link, uint64_t seed,
                               const Heard& last)
    : terms_(terms), key_(std::move(key)), link_(link), random_(seed), heard_(last) {}

void FleetEndpoints::restore(const std::string& name, const Entry& entry) {
  Held& held = entries_[name];
  static_cast<Entry&>(held) = entry;
  if (!(held.own == held.known.is)) unapplied_.insert(name);
}

const FleetEndpoints::Entry* FleetEndpoints::find(const std::string& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

// As far as this machine can tell; 0 before it has read what the fleet knows.
int64_t FleetEndpoints::server_us(int64_t now) const {
  return is_new() ? 0 : heard_.server_us + (now - heard_.at) / 1000;
}

void FleetEndpoints::own(const std::string& name, const EndpointPlace& is, int64_t now,
                         bool yields) {
  const auto found = entries_.find(name);
  if (found == entries_.end() && !is.is_in()) return;
  Held& held = found == entries_.end() ? entries_[name] : found->second;
  if (held.own == is) return;
  held.own = is;
  unkept_.insert(name);
  unapplied_.erase(name);
  if (is == held.known.is) return;
  if (yields && held.known.stamp > 0) {
    unapplied_.insert(name);
    return;
  }
  held.known = {is, std::max(yields ? 0 : server_us(now), held.known.stamp + 1)};
  untold_.insert(name);
}

void FleetEndpoints::step(int64_t now) {
  if (has_come(drop_at_, now)) drop_tombstones(now);
  if (!is_called_ && due() <= now) call(now);
}

int64_t FleetEndpoints::due() const {
  if (is_called_) return kEndOfTime;
  const bool is_at_once = has_more_ || (!untold_.empty() && !is_new());
  return std::max(is_at_once ? retry_at_ : poll_at_, retry_at_);
}

void FleetEndpoints::call(int64_t now) {
  std::string words;
  size_t told = 0;
  // Who is new reads first: most of what it has is known.
  for (auto name = untold_.begin(); !is_new() && name != untold_.end() && told < terms_.batch;
       ++name, ++told) {
    if (told > 0) words += ' ';
    words += endpoint_text(*name, entries_[*name].known);
  }
  if (told == 0) words = ".";
  is_called_ = true;
  retry_at_ = later(now, kPauseOfWords);
  const bool is_made = link_.call({&kEndpointsScript,
                                   key_,
                                   {-1, since_, terms_.page, terms_.tombstone_ns / 1000},
                                   std::move(words)},
                                  *this, 0, now);
  if (!is_made) {
    is_called_ = false;
    return;
  }
  ++counts_.calls;
  counts_.told += static_cast<int64_t>(told);
}

void FleetEndpoints::read_all() {
  since_ = 0;
  born_ = -1;
  ++reading_;
  ++counts_.reads;
  reads_all_ = has_more_ = true;
}

void FleetEndpoints::answered(uint64_t, const FleetAnswer& answer, int64_t now) {
  is_called_ = false;
  const auto& list = answer.reply.list;
  if (answer.fate != FleetAnswer::Fate::kDone || list.size() < kHeadOfWords) {
    poll_at_ = retry_at_;
    return;
  }
  const int64_t server_now = list[0].integer, born = list[1].integer, version = list[2].integer,
                reached = list[3].integer;
  poll_at_ = later(now, terms_.poll_ns - static_cast<int64_t>(random_.below(
                                             static_cast<uint64_t>(terms_.poll_ns / 10 + 1))));
  // Another set than the one that was read so far, or an older state of it. (One that was not there
  // was read to its end.)
  if ((born_ > 0 && born != born_) || version < since_) return read_all();
  born_ = born;
  for (size_t i = kHeadOfWords; i < list.size(); ++i) hear(list[i].text);
  since_ = reached;
  has_more_ = reached < version;
  if (has_more_) return;
  if (std::exchange(reads_all_, false)) end_reading(server_now);
  if (static_cast<int64_t>(sum_) != list[4].integer || count_ != list[5].integer) {
    if (has_come(reread_at_, now)) {
      reread_at_ = later(now, kPollsToReread * terms_.poll_ns);
      read_all();
    }
    return;
  }
  heard_ = {born, now, server_now};
}

void FleetEndpoints::not_there(Held& held) {
  if (!std::exchange(held.is_there, false)) return;
  sum_ = (sum_ + kEndpointSums - held.sum) % kEndpointSums;
  --count_;
}

void FleetEndpoints::hear(const std::string& text) {
  std::string name;
  EndpointWord word;
  if (!read_endpoint_text(text, &name, &word)) return;
  ++counts_.read;
  Held& held = entries_[name];
  not_there(held);
  held.read = reading_;
  if (word.is.is_in()) {
    held.is_there = true;
    held.sum = endpoint_sum(text);
    sum_ = (sum_ + held.sum) % kEndpointSums;
    ++count_;
  }
  if (!word.holds_over(held.known)) {
    untold_.insert(name);
    return;
  }
  untold_.erase(name);
  if (word.stamp == held.known.stamp && word.is == held.known.is) return;
  held.known = word;
  unkept_.insert(name);
  if (held.own == word.is)
    unapplied_.erase(name);
  else
    unapplied_.insert(name);
}

// What was not found is not there.
void FleetEndpoints::end_reading(int64_t server_now) {
  const int64_t keep_us = terms_.tombstone_ns / 1000;
  const bool missed_removals =
      !is_new() && born_ == heard_.born && server_now - heard_.server_us > keep_us;
  for (auto& [name, held] : entries_) {
    if (held.read == reading_) continue;
    not_there(held);
    if (missed_removals && held.known.is.is_in() && held.known.stamp <= heard_.server_us) {
      held.known.is = {};
      unkept_.insert(name);
      untold_.erase(name);
      if (held.own.is_in()) unapplied_.insert(name);
    } else if (held.known.is.is_in() || held.known.stamp > server_now - keep_us) {
      untold_.insert(name);
    }
  }
}

// Of which nobody has to be told any more.
void FleetEndpoints::drop_tombstones(int64_t now) {
  drop_at_ = later(now, std::max<int64_t>(terms_.tombstone_ns / 16, kPauseOfWords));
  const int64_t then = server_us(now) - terms_.tombstone_ns / 1000;
  for (auto one = entries_.begin(); one != entries_.end();) {
    const Held& held = one->second;
    if (held.known.is.is_in() || held.own.is_in() || held.is_there || held.known.stamp > then) {
      ++one;
      continue;
    }
    untold_.erase(one->first);
    unapplied_.erase(one->first);
    unkept_.insert(one->first);
    one = entries_.erase(one);
  }
}

}  // namespace og
