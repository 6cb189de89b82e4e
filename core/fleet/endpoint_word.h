// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace og {

// How an endpoint stands in a set.
struct EndpointPlace {
  static constexpr int64_t kGone = -1;
  int64_t weight = kGone;  // of one that is not in the set
  std::string zone = {};   // of one that is

  bool is_in() const { return weight >= 0; }
  bool operator==(const EndpointPlace& other) const {
    return weight == other.weight && (!is_in() || zone == other.zone);
  }
};

// What was last said of an endpoint.
struct EndpointWord {
  EndpointPlace is;
  int64_t stamp = 0;  // when: us since 1970, as the server counts; 0: nobody has said anything

  // Whether it holds where both were said. Equal ones do.
  bool holds_over(const EndpointWord& other) const {
    return std::pair(stamp, is.weight) >= std::pair(other.stamp, other.is.weight);
  }
};

// As it goes to the server and comes back: "name weight stamp zone", names and zones in printable
// ASCII without blanks, no zone as "%".
std::string endpoint_text(std::string_view name, const EndpointWord& word);
// False where it is none.
bool read_endpoint_text(std::string_view text, std::string* name, EndpointWord* word);

// What a word adds to the sum that a server has of those in the set; sums are modulo kEndpointSums.
inline constexpr uint64_t kEndpointSums = uint64_t{1} << 52;
inline uint64_t endpoint_sum(std::string_view text) {
  uint64_t hash = 0;
  for (const char letter : text)
    hash = (hash * 1'000'003 + static_cast<unsigned char>(letter)) % 67'108'859;
  return hash * hash;
}

}  // namespace og
