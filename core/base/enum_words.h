// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace og {

// Whether the words of an option, separated by '|', are the enumerators of an enum in their order:
// "token_bucket|sliding_window" are those of enum class Policy { kTokenBucket, kSlidingWindow }.
// The enumerators count from 0. Their names come from the compiler, as GCC and clang both tell
// them.
template <class Enum>
class EnumWords {
 public:
  static consteval bool are(std::string_view words) {
    constexpr auto kNames = names(std::make_index_sequence<kMost + 1>{});
    for (std::string_view name : kNames) {
      if (words.empty()) return name.empty();  // and no enumerator is left over
      const size_t length = words.find('|') < words.size() ? words.find('|') : words.size();
      if (!is_word(name, words.substr(0, length))) return false;
      words.remove_prefix(length < words.size() ? length + 1 : length);
    }
    return false;
  }

 private:
  static constexpr size_t kMost = 32;

  template <size_t... kValues>
  static consteval auto names(std::index_sequence<kValues...>) {
    return std::array{name<static_cast<Enum>(kValues)>()...};
  }

  // "kStep" of "... [with Enum kValue = og::Policy::kStep; ...]"; nothing for a value without name,
  // which is shown as "(og::Policy)7".
  template <Enum kValue>
  static consteval std::string_view name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_prefix(text.find("kValue = ") + 9);
    text = text.substr(0, text.find_first_of(";]"));
    if (text.starts_with('(')) return {};
    return text.substr(text.rfind(':') + 1);
  }

  static consteval bool is_word(std::string_view name, std::string_view word) {
    if (!name.starts_with('k')) return false;
    size_t at = 0;
    for (const char c : name.substr(1)) {
      const bool upper = c >= 'A' && c <= 'Z';
      if (upper && at > 0 && (at == word.size() || word[at++] != '_')) return false;
      if (at == word.size() || word[at++] != (upper ? c - 'A' + 'a' : c)) return false;
    }
    return at > 0 && at == word.size();
  }
};

}  // namespace og
