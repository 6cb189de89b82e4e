// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace og::cli {

double share(int64_t part, int64_t whole);  // 0 of nothing

// Sums of bytes: no log holds so many, but a damaged one may say so. Two of them can be added.
inline constexpr int64_t kMostBytes = int64_t{1} << 61;
void add_bytes(int64_t& sum, int64_t more);

// For people: "30,969", "1.4 GiB", "12.3 %", "2 d 03:04:05".
std::string with_commas(int64_t number);
std::string as_bytes(int64_t bytes);
std::string as_percent(double share);
std::string as_duration(int64_t seconds);
std::string fixed(double number, int decimals);  // "-" when it is not finite
std::string shortest(double number);             // that reads back as the same number

}  // namespace og::cli
