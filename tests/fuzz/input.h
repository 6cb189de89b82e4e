// SPDX-License-Identifier: Apache-2.0
// What a target reads of its input: bytes, then 0 for ever.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace og::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  bool ended() const { return left_.empty(); }
  std::string_view rest() const { return left_; }

  template <class Number>
  Number number() {
    Number value{};
    const size_t size = std::min(sizeof value, left_.size());
    std::memcpy(&value, left_.data(), size);
    left_.remove_prefix(size);
    return value;
  }
  uint64_t below(uint64_t n) { return n <= 256 ? number<uint8_t>() % n : number<uint32_t>() % n; }
  // Up to `most` bytes, as many as the next byte says.
  std::string_view bytes(size_t most) {
    const size_t size = std::min(static_cast<size_t>(below(most + 1)), left_.size());
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  // Of a clock or a duration: small, large, or at the end of what there is.
  int64_t time() {
    switch (below(4)) {
      case 0:
        return number<uint16_t>();
      case 1:
        return static_cast<int64_t>(number<uint32_t>()) * 1'000'000;
      case 2:
        return INT64_MAX - number<uint16_t>();
      default:
        return number<int64_t>() & INT64_MAX;
    }
  }

 private:
  std::string_view left_;
};

}  // namespace og::fuzz
