// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace og::cli {

/*
 * Which lines' times cannot be: a clock that was not set, a damaged digit. Time only goes on for
 * what is replayed, so one line that is decades ahead would deny all that follow.
 *
 * A line within a day of the one before it is in time. Any other is judged by that one and by the
 * median of up to kWindow lines after it. It is out of time when
 *  - it is more than a day later than both, or more than a day earlier than both: the log came
 *    back;
 *  - or it is one of fewer than kFew at the log's beginning or end, with more than a year between
 *    them and the next kFew lines, which are themselves within a year.
 * At least two other lines have to say so. A gap that the log does not come back from is a gap, and
 * older lines behind newer ones that go on so are a log put together in that order.
 */
class TimeOfLog {
 public:
  static constexpr std::size_t kWindow = 32;
  static constexpr std::size_t kFew = 16;

  bool is_near(int64_t at_s) const;
  // Of the next line, before it is taken: `after` are the times of the lines that follow it, as
  // many as kWindow, or as there are.
  bool is_out(int64_t at_s, std::span<const int64_t> after) const;
  void take(int64_t at_s) {
    last_s_ = at_s;
    before_[static_cast<std::size_t>(taken_++) % kFew] = at_s;
  }

 private:
  bool is_alone_at_the_beginning(int64_t at_s, std::span<const int64_t> sorted) const;
  bool is_alone_at_the_end(int64_t at_s, std::size_t after) const;

  int64_t last_s_ = 0;
  int64_t taken_ = 0;
  std::array<int64_t, kFew> before_{};  // a ring of the times taken last
};

}  // namespace og::cli
