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
void window(std::string& out, const Quota& quota, const ToldLimit& told, std::string_view burst) {
  parameter(out, "w", quota.seconds);
  if (told.burst != told.rate.count) parameter(out, burst, told.burst);
}

void draft_10(Lines& lines, const Quota& quota, const ToldLimit& told) {
  std::string& now = lines.line("RateLimit");
  append_field_string(now, told.policy);
  parameter(now, "r", told.standing.remaining);
  if (told.standing.next_after > 0) parameter(now, "t", whole_seconds(told.standing.next_after));
  partition(now, told.partition);

  std::string& policy = lines.line("RateLimit-Policy");
  append_field_string(policy, told.policy);
  parameter(policy, "q", quota.count);
  if (!told.unit.empty()) append_field_string(policy.append(";qu="), told.unit);
  window(policy, quota, told, "outgrow-burst");
  partition(policy, told.partition);
}

void older_policy(Lines& lines, const Quota& quota, const ToldLimit& told) {
  std::string& policy = lines.line("RateLimit-Policy");
  append_field_integer(policy, quota.count);
  window(policy, quota, told, "burst");
}

void draft_7(Lines& lines, const Quota& quota, const ToldLimit& told) {
  std::string& now = lines.line("RateLimit");
  append_field_integer(now.append("limit="), told.standing.limit);
  append_field_integer(now.append(", remaining="), told.standing.remaining);
  append_field_integer(now.append(", reset="), whole_seconds(told.standing.reset_after));
  older_policy(lines, quota, told);
}

void three(Lines& lines, const std::string& prefix, const ToldLimit& told) {
  lines.number(prefix + "Limit", told.standing.limit);
  lines.number(prefix + "Remaining", told.standing.remaining);
  lines.number(prefix + "Reset", whole_seconds(told.standing.reset_after));
}

}  // namespace

std::string limit_fields(FieldsForm form, const ToldLimit& told) {
  Lines lines;
  const Quota quota = quota_of(told.rate);
  switch (form) {
    case FieldsForm::kDraft10:
      draft_10(lines, quota, told);
      break;
    case FieldsForm::kDraft7:
      draft_7(lines, quota, told);
      break;
    case FieldsForm::kDraft6:
      three(lines, "RateLimit-", told);
      older_policy(lines, quota, told);
      break;
    case FieldsForm::kXRatelimit:
      three(lines, "X-RateLimit-", told);
      break;
  }
  if (told.wait_ns > 0 && told.wait_ns != kNeverPasses) {
    const int64_t soonest = std::max(told.wait_ns, told.standing.next_after);
    lines.number("Retry-After", whole_seconds(soonest));
  }
  return lines.take();
}

}  // namespace og
