// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/base/shown_text.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"
#include "core/limit/calendar.h"
#include "core/limit/options_of_others.h"
#include "core/limit/policy.h"
#include "core/limit/token_bucket.h"
#include "core/limit/window_options.h"
#include "core/limit/window_units.h"

namespace og {

// Windows of a calendar (calendar.h), by a clock of Unix time.
//
// They are counted from a number that follows from the epoch's start alone, below that of any time
// of it in any zone. So processes whose files of a zone differ, as one of them read an older
// release, number windows alike. They differ on when some begin: a key's begins as the first of
// them says, and who is behind counts in it.
class CalendarSteps {
 public:
  CalendarSteps(const Calendar& calendar, const LimitWords& words, uint64_t start) noexcept
      : calendar_(&calendar),
        unit_(static_cast<CalendarUnit>(std::min<uint64_t>(words[1], kCalendarUnits - 1))),
        start_(std::min<uint64_t>(start, kEndOfTime)),
        first_((static_cast<int64_t>(start_ / kSecond) - kMostZoneOffset) / lasts().most - 1) {}
  // Of a start from which the windows get further than from any.
  static CalendarSteps furthest(const Calendar& calendar, const LimitWords& words) noexcept {
    CalendarSteps steps(calendar, words, kEndOfTime - (uint64_t{1} << 60));
    constexpr int64_t kNearly = 2 * kMostZoneOffset / 3600 + 2;
    steps.first_ -= kNearly;
    return steps;
  }

  uint64_t word() const noexcept { return static_cast<uint64_t>(unit_); }
  uint64_t window_at(uint64_t elapsed) const noexcept {
    const uint64_t time = std::min<uint64_t>(start_ + elapsed, kEndOfTime);
    return static_cast<uint64_t>(calendar_->at(unit_, static_cast<int64_t>(time / kSecond)).number -
                                 first_);
  }
  int64_t begins(uint64_t window) const noexcept {
    constexpr int64_t kFar = int64_t{1} << 34;  // s: centuries after the end of time
    const auto later = static_cast<int64_t>(std::min<uint64_t>(window, kFar));
    const int64_t number = std::min(first_ + later, kFar / lasts().rate);
    const auto ns = static_cast<__int128>(calendar_->begin_of(unit_, number)) * kSecond -
                    static_cast<__int128>(start_);
    return static_cast<int64_t>(std::clamp<__int128>(ns, 0, kEndOfTime));
  }

  // The unit of a rate's period, or nothing.
  static std::optional<CalendarUnit> unit_of(int64_t period_ns) noexcept {
    for (size_t i = 0; i < kCalendarUnits; ++i) {
      if (period_ns == kLasts[i].rate * kSecond) return static_cast<CalendarUnit>(i);
    }
    return std::nullopt;
  }

 private:
  static constexpr int64_t kSecond = 1'000'000'000, kHour = 3600, kDay = 24 * kHour;
  struct Lasts {
    int64_t rate;  // s that a rate calls so
    int64_t most;  // s of the longest by UTC
  };
  static constexpr std::array<Lasts, kCalendarUnits> kLasts{{{kHour, kHour},
                                                             {kDay, kDay},
                                                             {7 * kDay, 7 * kDay},
                                                             {30 * kDay, 31 * kDay},
                                                             {365 * kDay, 366 * kDay}}};
  const Lasts& lasts() const noexcept { return kLasts[static_cast<size_t>(unit_)]; }

  const Calendar* calendar_;
  CalendarUnit unit_;
  uint64_t start_;  // of the epoch: ns of Unix time
  int64_t first_;
};

class CalendarUnits : public WindowUnitsOf<CalendarSteps> {
 public:
  // Of this process: what the words leave out.
  using Context = std::shared_ptr<const Calendar>;

  static CalendarUnits of(const Context& calendar, const LimitWords& words,
                          uint64_t start) noexcept {
    return {words, CalendarSteps(*calendar, words, start)};
  }
  // Without a start: of one from which the epoch's windows get furthest.
  static CalendarUnits of(const Context& calendar, const LimitWords& words) noexcept {
    return {words, CalendarSteps::furthest(*calendar, words)};
  }

 private:
  using WindowUnitsOf::WindowUnitsOf;
};

class CalendarWindowPolicy {
 public:
  using Cells = TokenBucket<Memory, CalendarUnits>;
  static constexpr const char* kWord = "calendar_window";
  static constexpr bool kHoldsBurst = true;
  static constexpr std::span<const OptionSpec> kOptions = kCalendarRows;
  static constexpr bool kNeedsUnixTime = true;

  static Result<CalendarWindowPolicy> create(const LimitSetup& setup) {
    if (auto others = refuse_options_of_others(setup.options, kWord, Holds::kBurst); !others)
      return tl::unexpected(std::move(others.error()));
    if (auto fits = check_window_count(setup.rate, kWord); !fits)
      return tl::unexpected(std::move(fits.error()));
    const auto unit = CalendarSteps::unit_of(setup.rate.period_ns);
    if (!unit) {
      return fail(Status::kBadValue,
                  "option 'rate' cannot be over " + std::to_string(setup.rate.period_ns) +
                      " ns with calendar_window: its windows are an hour, day, week, month or "
                      "year, as in 50000/day",
                  "rate");
    }
    const std::string name = OptionsOf<kCalendarOptions>::among(setup.options).text("time_zone");
    auto zone = TimeZone::load(name);
    if (!zone) {
      return fail(Status::kBadValue,
                  "option 'time_zone' cannot be '" + shown(name, 99) + "': " + zone.error().message,
                  "time_zone");
    }
    const int64_t burst = burst_of(setup);
    const auto count = static_cast<uint64_t>(setup.rate.count);
    return CalendarWindowPolicy(
        std::make_shared<const Calendar>(std::move(*zone)),
        {count, static_cast<uint64_t>(*unit), burst == 0 ? count : static_cast<uint64_t>(burst), 0,
         0, max_wait_of(setup)});
  }
  static uint64_t tag_mask(uint64_t) noexcept { return ~uint64_t{0}; }
  uint64_t words() const noexcept { return 0; }
  LimitWords kept() const noexcept { return kept_; }
  Result<void> can_follow(uint64_t, TokensInheritance) const { return {}; }
  Cells over(const CellsAt<>& at) const noexcept { return {at.table, at.epochs, calendar_}; }

 private:
  CalendarWindowPolicy(CalendarUnits::Context calendar, const LimitWords& kept)
      : calendar_(std::move(calendar)), kept_(kept) {}

  CalendarUnits::Context calendar_;
  LimitWords kept_;
};

}  // namespace og
