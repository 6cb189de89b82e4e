// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/breaker_votes.h"

#include <algorithm>
#include <utility>

#include "core/base/time.h"
#include "core/fleet/vote_scripts.h"

namespace og {
namespace {

constexpr int64_t kLeastPause = 20'000'000;  // ns between two calls
constexpr int kEpochShift = 32;              // an order is an epoch and a count

// Behind all that was counted by then: there is a pause between two calls.
int64_t count_by(int64_t now) { return now / kLeastPause & ((int64_t{1} << kEpochShift) - 1); }

constexpr int64_t kPollsThatHold = 3;

}  // namespace

FleetBreaker::FleetBreaker(const Terms& terms, std::string key, std::string name, FleetLink& link,
                           int64_t epoch, uint64_t seed, const Verdict& last, int64_t now)
    : terms_(terms),
      key_(std::move(key)),
      name_(std::move(name)),
      link_(link),
      random_(seed),
      verdict_(last),
      order_((epoch << kEpochShift) + count_by(now)),
      probes_of_(last.may_begin ? last.generation : 0) {}

void FleetBreaker::step(const Own& own, int64_t now) {
  if (own.calls > 0) {
    gap_ = has_calls_ ? now - called_at_ : 0;
    called_at_ = now;
    has_calls_ = true;
  }
  is_failing_ = own.is_failing;
  refused_ += own.refused;
  if (own.generation == verdict_.generation) {
    successes_ += own.successes;
    failed_ = failed_ || own.failures > 0;
  }
  if (!is_open(now)) refused_ = 0;
  if (now >= verdict_.holds_until) {  // what it knew is told to nobody either
    verdict_.generation = verdict_.until = 0;
    successes_ = 0;
    failed_ = failed_before_ = false;
  }
  ended_since_ += own.ended;
  // What is out is told in any case.
  probing_ = now < verdict_.probes_end ? own.probing : 0;
  const int64_t before = verdict_.probes;
  verdict_.may_begin = !failed_ && probes_of_ == verdict_.generation && is_open(now);
  verdict_.probes = verdict_.may_begin ? std::max(probes(now) - own.ended, probing_) : probing_;
  if (!is_called_ && is_idle(now) && has_come(retry_at_, now)) {
    gives_back_ = true;
    verdict_.probes = probing_;
    refused_ = 0;  // who was has not come again
  }
  if (verdict_.probes == probing_) unused_since_ = now;
  is_fewer_ = now < verdict_.probes_end && verdict_.probes < before;
  if (!is_called_ && !is_fewer_ && is_due(now)) call(now);
}

bool FleetBreaker::is_idle(int64_t now) const {
  return probes(now) > probing_ && now - unused_since_ > longest_unused();
}

bool FleetBreaker::may_ask(int64_t now) const {
  return refused_ > 0 && is_open(now) && !failed_ && probes(now) == 0 && has_come(ask_at_, now);
}

// A vote counts in the generation that it is for: which is to be heard first.
bool FleetBreaker::has_news() const {
  const bool is_said = said_.generation == verdict_.generation;
  if (verdict_.until != 0) return failed_ || successes_ > (is_said ? said_.successes : 0);
  return is_failing_ && !(is_said && said_.is_failing);
}

// Calls have passed of late, as of then.
bool FleetBreaker::is_active(int64_t then) const {
  return has_calls_ && then <= later(called_at_, terms_.vote_ns);
}

bool FleetBreaker::is_due(int64_t now) const {
  if (!has_come(retry_at_, now)) return false;
  if (may_ask(now) || gives_back_) return true;
  if (verdict_.until != 0 && has_news()) return true;
  return is_active(now) && (has_news() || has_come(poll_at_, now));
}

int64_t FleetBreaker::due() const {
  if (is_called_) return kEndOfTime;
  if (is_fewer_) return 0;
  int64_t at = gives_back_ ? retry_at_ : kEndOfTime;
  if (has_news() && (verdict_.until != 0 || is_active(retry_at_))) at = retry_at_;
  if (is_active(poll_at_)) at = std::min(at, poll_at_);
  if (refused_ > 0 && verdict_.probes == 0 && !failed_) at = std::min(at, ask_at_);
  if (verdict_.probes > probing_) at = std::min(at, later(unused_since_, longest_unused() + 1));
  return std::max(at, retry_at_);
}

void FleetBreaker::call(int64_t now) {
  sent_ = {verdict_.generation, is_failing_, successes_, 0, 0};
  sent_.keep = verdict_.probes;
  if (may_ask(now)) sent_.want = std::min(refused_, terms_.permits);
  const int64_t left = sent_.keep > 0 ? (verdict_.probes_end - now) / 1000 + 1 : 0;
  is_called_ = true;
  const bool is_made = link_.call(
      {&kVotesScript,
       key_,
       {-1, terms_.open_ns / 1000, terms_.vote_ns / 1000, terms_.permits, terms_.permit_ns / 1000,
        terms_.success_threshold, terms_.quorum, machines_, sent_.generation, verdict_.until,
        sent_.is_failing, sent_.successes, failed_, sent_.keep, left, sent_.want, ++order_},
       name_},
      *this, 0, now);
  retry_at_ = later(now, kLeastPause);
  if (!is_made) {
    is_called_ = false;
    return;
  }
  ++counts_.calls;
  ended_since_ = 0;
  gives_back_ = false;
  if (sent_.want > 0) refused_ = 0;
}

void FleetBreaker::answered(uint64_t, const FleetAnswer& answer, int64_t now) {
  is_called_ = false;
  const auto& list = answer.reply.list;
  if (answer.fate != FleetAnswer::Fate::kDone || list.size() < 8 || list[1].integer < 1) {
    poll_at_ = retry_at_;
    return;
  }
  const auto word = [&](size_t at) { return list[at].integer; };
  said_ = sent_;
  verdict_.holds_until = later(answer.sent_at, kPollsThatHold * terms_.poll_ns);
  poll_at_ = later(now, terms_.poll_ns - some_of(terms_.poll_ns / 10));
  const int64_t wait_ns = std::clamp<int64_t>(word(3), 0, terms_.open_ns / 1000) * 1000;
  if (word(1) != verdict_.generation) heard(word(1), word(2), wait_ns, now);
  verdict_.until = word(2);
  verdict_.tried_at = std::min(verdict_.tried_at, later(now, wait_ns));
  votes_ = word(4);
  quorum_ = word(5);
  if (word(6) >= machines_ || now - machines_at_ > kPollsThatHold * terms_.poll_ns) {
    machines_ = std::max<int64_t>(word(6), 1);
    machines_at_ = now;
  }
  if (sent_.keep > 0) {
    verdict_.probes = std::max<int64_t>(sent_.keep - ended_since_, 0);
  } else {
    verdict_.probes = std::clamp<int64_t>(word(7), 0, sent_.want);
    verdict_.probes_end = later(answer.sent_at, terms_.permit_ns);
    verdict_.may_begin = !failed_;
    probes_of_ = verdict_.generation;
    unused_since_ = now;
    if (sent_.want > 0 && verdict_.probes == 0)
      ask_at_ = later(now, terms_.poll_ns - some_of(terms_.poll_ns / 2));
  }
}

void FleetBreaker::heard(int64_t generation, int64_t until, int64_t wait_ns, int64_t now) {
  // What was seen before the fleet closed is not to open it again.
  if (until == 0 && verdict_.generation != 0) ++counts_.closed;
  if (until != 0) ++counts_.opened;
  failed_before_ = until != 0 && failed_;
  ask_at_ = later(later(now, wait_ns),
                  some_of(terms_.poll_ns / 10) + (failed_before_ ? terms_.poll_ns : 0));
  verdict_.generation = generation;
  verdict_.tried_at = later(now, wait_ns);
  verdict_.may_begin = false;  // with what it has of an older one
  successes_ = 0;
  failed_ = false;
}

}  // namespace og
