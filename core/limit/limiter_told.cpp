// SPDX-License-Identifier: Apache-2.0
// What a limiter tells besides its decisions.
#include <string>
#include <utility>

#include "core/base/cell_table_faults.h"
#include "core/base/refusal.h"
#include "core/limit/limiter.h"

namespace og {
namespace {

// As one would write it: "5000/h", "5/250ms".
std::string rate_text(const Rate& rate) {
  static constexpr std::pair<int64_t, const char*> kUnits[] = {{86'400'000'000'000, "d"},
                                                               {3'600'000'000'000, "h"},
                                                               {60'000'000'000, "min"},
                                                               {1'000'000'000, "s"},
                                                               {1'000'000, "ms"},
                                                               {1'000, "us"},
                                                               {1, "ns"}};
  for (const auto& [ns, unit] : kUnits) {
    if (rate.period_ns % ns != 0) continue;
    const int64_t many = rate.period_ns / ns;
    return std::to_string(rate.count) + "/" + (many == 1 ? "" : std::to_string(many)) + unit;
  }
  return {};
}

}  // namespace

int32_t Limiter::band_at(std::string_view key, int64_t cost, int64_t now) const noexcept {
  constexpr auto kNone = static_cast<int32_t>(Status::kNone);
  const int64_t wait = peek_at(key, cost, now);
  if (wait <= 0) return wait == 0 ? kNone : static_cast<int32_t>(wait);
  if (!bands_) return 0;
  const size_t which = bands_->which(prefetch(key), now, cost);
  return which < bands_->size() ? static_cast<int32_t>(which) : kNone;
}

std::vector<Standing> Limiter::standings_at(std::string_view key, int64_t now) const {
  if (reservations_) take_back(now);
  const uint64_t hash = prefetch(key);
  std::vector<Standing> all;
  for (size_t i = 0; bands_ && i < bands_->size(); ++i)
    all.push_back(bands_->standing_of(i, hash, now, crowd_));
  if (!bands_) {
    all.push_back(
        visit_variant(policy_, [&](auto& cells) { return cells.standing(hash, now, crowd_); }));
  }
  return all;
}

std::vector<HotKeys::Hot> Limiter::hottest() const {
  if (!hot_) return {};
  return hot_->hottest(
      [this](std::string_view key) { return key.empty() ? keyless_ : region_.table().hash(key); });
}

Result<std::string> Limiter::hottest_json() const {
  if (hot_) return HotKeys::json(hottest());
  return fail(Status::kUnsupported,
              "the limiter" + refusing(memory_.name()) +
                  " does not note who is denied: make it with option 'hottest'",
              "hottest");
}

std::string Limiter::refusal(int64_t wait_ns, int64_t band) const {
  const char* never =
      plans() ? "it never passes: its key is blocked, or it costs too much" : "it never passes";
  std::string text = "over the rate limit" + refusing(memory_.name());
  const auto terms = terms_of_rates();
  if (terms && band >= 0 && static_cast<size_t>(band) < terms->size())
    text += ": " + rate_text((*terms)[static_cast<size_t>(band)].rate);
  return text + when_again(wait_ns, never);
}

int64_t Limiter::keys_in_use() const noexcept {
  return visit_variant(policy_, [&](auto& policy) { return policy.in_use(clock_->now()); });
}

int64_t Limiter::evictions() const noexcept {
  int64_t all = region_.table().evictions();
  for (const auto& region : more_) all += region->table().evictions();
  return all;
}

std::vector<std::string> Limiter::faults() const {
  auto all = CellTableFaults<Memory>::of(region_.table());
  for (const auto& region : more_) {
    const auto more = CellTableFaults<Memory>::of(region->table());
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

void Limiter::collect(MetricSink& sink) const {
  MetricSink::Shared shared(sink, memory_.shared() != nullptr);
  constexpr const char* kName = "outgrow_limiter_decisions_total";
  constexpr const char* kHelp = "Requests by what the limiter answered.";
  sink.counter(kName, kHelp, {{"outcome", "allowed"}}, allowed());
  sink.counter(kName, kHelp, {{"outcome", "denied"}}, denied());
  sink.counter(kName, kHelp, {{"outcome", "spared"}}, spared());
  sink.counter("outgrow_limiter_crowded_out_total",
               "Requests decided by when_full, as their key found no cell.", {}, crowded_out());
  sink.counter("outgrow_limiter_evictions_total", "Idle keys whose cell went to another.", {},
               evictions());
  sink.gauge("outgrow_limiter_keys", "Keys that are not idle.", {},
             static_cast<double>(keys_in_use()));
  sink.gauge("outgrow_limiter_memory_bytes", "Memory of the table.", {},
             static_cast<double>(memory_bytes()));
  if (plans()) collect_plans(sink);
  if (reservations_) collect_reserved(sink);
}

}  // namespace og
