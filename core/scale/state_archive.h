// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace og {

// What the autoscaler's parts know, written or read back. Each part has one function that names its
// fields in order, for both, so that the two cannot differ.
//
// It is text of one line, words in hexadecimal, each with a space behind it: a double's bits too,
// so that it is the same number again. Times are those of the clock of who reads: they are moved by
// as much as the two clocks differ, and what was before that clock began is at its beginning. What
// is not there, or no such word, reads as zero.
// Reading allocates nothing.
class StateArchive {
 public:
  static StateArchive writing(std::string& out) { return {&out, {}, 0}; }
  static StateArchive reading(std::string_view in, int64_t shift_ns) {
    return {nullptr, in, shift_ns};
  }

  // A part of what is read.
  StateArchive within(std::string_view part) const { return {nullptr, part, shift_ns_}; }

  bool reads() const { return out_ == nullptr; }

  void value(uint64_t& word) {
    if (!reads()) {
      char digits[2 * sizeof word];
      out_->append(std::begin(digits), std::to_chars(digits, std::end(digits), word, 16).ptr);
      out_->push_back(' ');
      return;
    }
    const std::size_t end = std::min(in_.find(' '), in_.size());
    word = 0;
    std::from_chars(in_.data(), in_.data() + end, word, 16);
    in_.remove_prefix(std::min(end + 1, in_.size()));
  }
  void value(int64_t& number) { through(number); }
  void value(double& number) { through(number); }
  void value(uint32_t& number) {
    uint64_t wide = number;
    value(wide);
    number = static_cast<uint32_t>(wide);
  }
  void value(float& number) {
    auto word = std::bit_cast<uint32_t>(number);
    value(word);
    number = std::bit_cast<float>(word);
  }
  void value(int32_t& number) {
    int64_t wide = number;
    value(wide);
    number = static_cast<int32_t>(wide);
  }

  // Negative: there was none.
  void time(int64_t& at) {
    value(at);
    if (reads() && at >= 0) at = moved(at);
  }
  void time(std::optional<int64_t>& at) {
    int64_t known = at.value_or(-1);
    time(known);
    if (reads()) at = known >= 0 ? std::optional(known) : std::nullopt;
  }
  void value(std::optional<int32_t>& count) {
    int32_t known = count.value_or(-1);
    value(known);
    if (reads()) count = known >= 0 ? std::optional(known) : std::nullopt;
  }

  // How many follow, at most so many.
  std::size_t count(std::size_t size, std::size_t most) {
    uint64_t word = size;
    value(word);
    return static_cast<std::size_t>(std::min<uint64_t>(word, most));
  }

  // What is read is a part of what is read from.
  void text(std::string_view& text) {
    const std::size_t size = count(text.size(), reads() ? in_.size() : text.size());
    if (!reads()) {
      out_->append(text);
      return;
    }
    text = in_.substr(0, size);
    in_.remove_prefix(text.size());
  }

 private:
  StateArchive(std::string* out, std::string_view in, int64_t shift_ns)
      : out_(out), in_(in), shift_ns_(shift_ns) {}

  template <class Number>
  void through(Number& number) {
    auto word = std::bit_cast<uint64_t>(number);
    value(word);
    number = std::bit_cast<Number>(word);
  }
  int64_t moved(int64_t at) const {
    int64_t sum = 0;
    if (__builtin_add_overflow(at, shift_ns_, &sum)) return shift_ns_ > 0 ? INT64_MAX : 0;
    return std::max<int64_t>(sum, 0);
  }
  std::string* out_;
  std::string_view in_;
  int64_t shift_ns_;
};

}  // namespace og
