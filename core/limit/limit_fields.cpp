// SPDX-License-Identifier: Apache-2.0
#include "core/limit/limit_fields.h"

#include <algorithm>

#include "core/base/structured_field.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

int64_t whole_seconds(int64_t ns) { return ns / kSecond + (ns % kSecond != 0); }

struct Quota {
  int64_t count, seconds;
};

Quota quota_of(const Rate& rate) {
  const int64_t seconds = std::max<int64_t>(whole_seconds(rate.period_ns), 1);
  if (rate.period_ns == seconds * kSecond) return {rate.count, seconds};
  const auto count = static_cast<__int128>(rate.count) * seconds * kSecond / rate.period_ns;
  return {static_cast<int64_t>(std::min<__int128>(count, kMostFieldInteger)), seconds};
}

class Lines {
 public:
  // Begins a line, of which the caller appends the value.
  std::string& line(std::string_view name) {
    end();
    text_.append(name).append(": ");
    return text_;
  }
  void number(std::string_view name, int64_t value) { append_field_integer(line(name), value); }
  std::string take() {
    end();
    return std::move(text_);
  }

 private:
  void end() {
    if (!text_.empty()) text_ += "\r\n";
  }
  std::string text_;
};

void parameter(std::string& out, std::string_view name, int64_t value) {
  out.append(";").append(name).append("=");
  append_field_integer(out, value);
}

void partition(std::string& out, std::string_view key) {
  if (key.empty()) return;
  out += ";pk=";
  append_field_bytes(out, key);
}

// 100;w=60 and what a bucket holds besides.
void window(std::string& out, const Quota& quota, const ToldRate& told, std::string_view burst) {
  parameter(out, "w", quota.seconds);
  if (told.burst != told.rate.count) parameter(out, burst, told.burst);
}

// f(value, rate) appends the one's member to the list.
template <class F>
void list(std::string& value, std::span<const ToldRate> rates, F&& f) {
  for (const ToldRate& each : rates) {
    if (&each != rates.data()) value += ", ";
    f(value, each);
  }
}

void draft_10(Lines& lines, const ToldLimit& told) {
  list(lines.line("RateLimit"), told.rates, [&](std::string& now, const ToldRate& each) {
    append_field_string(now, each.policy);
    parameter(now, "r", each.standing.remaining);
    if (each.standing.next_after > 0) parameter(now, "t", whole_seconds(each.standing.next_after));
    partition(now, told.partition);
  });
  list(lines.line("RateLimit-Policy"), told.rates, [&](std::string& policy, const ToldRate& each) {
    const Quota quota = quota_of(each.rate);
    append_field_string(policy, each.policy);
    parameter(policy, "q", quota.count);
    if (!told.unit.empty()) append_field_string(policy.append(";qu="), told.unit);
    window(policy, quota, each, "outgrow-burst");
    partition(policy, told.partition);
  });
}

void older_policy(Lines& lines, const ToldLimit& told) {
  list(lines.line("RateLimit-Policy"), told.rates, [](std::string& policy, const ToldRate& each) {
    const Quota quota = quota_of(each.rate);
    append_field_integer(policy, quota.count);
    window(policy, quota, each, "burst");
  });
}

void draft_7(Lines& lines, const ToldLimit& told, const Standing& standing) {
  std::string& now = lines.line("RateLimit");
  append_field_integer(now.append("limit="), standing.limit);
  append_field_integer(now.append(", remaining="), standing.remaining);
  append_field_integer(now.append(", reset="), whole_seconds(standing.reset_after));
  older_policy(lines, told);
}

void three(Lines& lines, const std::string& prefix, const Standing& standing) {
  lines.number(prefix + "Limit", standing.limit);
  lines.number(prefix + "Remaining", standing.remaining);
  lines.number(prefix + "Reset", whole_seconds(standing.reset_after));
}

int64_t retry_after(const ToldLimit& told) {
  int64_t soonest = told.wait_ns;
  for (const ToldRate& each : told.rates) {
    if (told.rates.size() == 1 || each.standing.remaining == 0)
      soonest = std::max(soonest, each.standing.next_after);
  }
  return whole_seconds(soonest);
}

}  // namespace

std::string limit_fields(FieldsForm form, const ToldLimit& told) {
  Lines lines;
  const Standing& least = std::min_element(told.rates.begin(), told.rates.end(),
                                           [](const ToldRate& a, const ToldRate& b) {
                                             return a.standing.remaining < b.standing.remaining;
                                           })
                              ->standing;
  switch (form) {
    case FieldsForm::kDraft10:
      draft_10(lines, told);
      break;
    case FieldsForm::kDraft7:
      draft_7(lines, told, least);
      break;
    case FieldsForm::kDraft6:
      three(lines, "RateLimit-", least);
      older_policy(lines, told);
      break;
    case FieldsForm::kXRatelimit:
      three(lines, "X-RateLimit-", least);
      break;
  }
  if (told.wait_ns > 0 && told.wait_ns != kNeverPasses)
    lines.number("Retry-After", retry_after(told));
  return lines.take();
}

}  // namespace og
