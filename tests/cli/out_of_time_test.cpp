// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/out_of_time.h"

#include <algorithm>
#include <random>
#include <vector>

#include "tests/catch.h"

using og::cli::TimeOfLog;

namespace {

constexpr int64_t kDay = 86400;
constexpr int64_t kYear = 366 * kDay;
constexpr int64_t kStart = 1'741'000'000;  // in 2025

// The indexes of the lines that are left out.
std::vector<std::size_t> left_out(const std::vector<int64_t>& times) {
  TimeOfLog log;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::size_t end = std::min(times.size(), i + 1 + TimeOfLog::kWindow);
    const std::vector<int64_t> after(times.begin() + static_cast<std::ptrdiff_t>(i + 1),
                                     times.begin() + static_cast<std::ptrdiff_t>(end));
    if (log.is_out(times[i], after))
      out.push_back(i);
    else
      log.take(times[i]);
  }
  return out;
}

std::vector<int64_t> steady(std::size_t lines, int64_t step_s = 1) {
  std::vector<int64_t> times;
  for (std::size_t i = 0; i < lines; ++i)
    times.push_back(kStart + static_cast<int64_t>(i) * step_s);
  return times;
}

using Indexes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("a line far from those around it is out, wherever it stands") {
  for (const int64_t away : {-55 * kYear, -2 * kYear, 2 * kYear, 41 * kYear}) {
    for (const std::size_t at : {0, 1, 2, 15, 300, 598, 599}) {
      INFO(away << " s away at line " << at);
      auto times = steady(600);
      times[at] += away;
      CHECK(left_out(times) == Indexes{at});
    }
  }
  // A few days are enough where the log comes back.
  for (const int64_t away : {-3 * kDay, 3 * kDay}) {
    auto times = steady(600);
    times[300] += away;
    CHECK(left_out(times) == Indexes{300});
  }
}

TEST_CASE("several lines far away, together and one by one") {
  auto times = steady(600);
  for (std::size_t i = 300; i < 315; ++i) times[i] += 41 * kYear;
  CHECK(left_out(times).size() == 15);
  times = steady(600);
  Indexes every_third;
  for (std::size_t i = 1; i < 600; i += 3) {
    times[i] += 41 * kYear;
    every_third.push_back(i);
  }
  CHECK(left_out(times) == every_third);
  times = steady(600);
  for (std::size_t i = 0; i < 10; ++i)
    times[i] = static_cast<int64_t>(i);  // booted without a clock
  CHECK(left_out(times) == Indexes{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  times = steady(600);
  Indexes last_ten;
  for (std::size_t i = 590; i < 600; ++i) {
    times[i] += 41 * kYear;
    last_ten.push_back(i);
  }
  CHECK(left_out(times) == last_ten);
  times = steady(600);
  times[10] += 41 * kYear;
  times[11] -= 20 * kYear;
  times[12] += 7 * kYear;
  CHECK(left_out(times) == Indexes{10, 11, 12});
}

TEST_CASE("logs with gaps, few lines, long requests or a wrong order lose nothing") {
  CHECK(left_out({}).empty());
  CHECK(left_out({kStart}).empty());
  CHECK(left_out({kStart, kStart + 10 * kYear}).empty());
  CHECK(left_out({0, 24 * kYear, 100 * kYear}).empty());
  CHECK(left_out({kStart, kStart - 10 * kYear}).empty());  // nobody can tell which is wrong
  CHECK(left_out(steady(300, 2 * kDay)).empty());
  CHECK(left_out(steady(100, 30 * kDay)).empty());
  CHECK(left_out(steady(100, kYear)).empty());
  CHECK(left_out(steady(100, 2 * kYear)).empty());
  auto times = steady(600);
  for (std::size_t i = 300; i < 600; ++i) times[i] += 10 * kYear;
  CHECK(left_out(times).empty());
  times = steady(600);
  for (std::size_t i = 0; i < 600; i += 7)
    times[i] -= 20 * 3600;  // logged when they end, 20 h later
  CHECK(left_out(times).empty());
  times = steady(600);
  std::rotate(times.begin(), times.begin() + 300, times.end());
  for (std::size_t i = 0; i < 300; ++i) times[i] += 30 * kDay;  // the newer log first
  CHECK(left_out(times).empty());
  times = steady(600);
  for (std::size_t i = 0; i < 20; ++i) times[i] -= 10 * kYear;  // not few
  CHECK(left_out(times).empty());
  times = steady(600);
  for (std::size_t i = 580; i < 600; ++i) times[i] += 10 * kYear;
  CHECK(left_out(times).empty());
}

TEST_CASE("of three lines the odd one") {
  CHECK(left_out({kStart, kStart + 41 * kYear, kStart + 2}) == Indexes{1});
  CHECK(left_out({kStart + 41 * kYear, kStart + 1, kStart + 2}) == Indexes{0});
  CHECK(left_out({kStart, kStart + 1, kStart - 41 * kYear}) == Indexes{2});
}

TEST_CASE("a log in order, without a year's gap behind a cluster, loses nothing") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<int64_t> times;
    for (int i = 0; i < 200; ++i) {
      times.push_back(static_cast<int64_t>(random() % (round % 2 == 0 ? 130 * kYear : 5 * kDay)));
    }
    std::sort(times.begin(), times.end());
    CHECK(left_out(times).empty());
  }
}
