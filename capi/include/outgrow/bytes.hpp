// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <outgrow/error.hpp>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace outgrow {

// A view of any bytes, as keys and values are: of a text, or of a contiguous range of char,
// std::byte or unsigned char. It copies nothing and must not outlive what it was made from.
class Bytes {
 public:
  constexpr Bytes() noexcept = default;  // none
  constexpr Bytes(std::string_view text) noexcept
      : data_(text.data()), size_(static_cast<std::int64_t>(text.size())) {}
  // Up to its NUL; a null pointer is an error of the call that it is given to.
  Bytes(const char* text) noexcept
      : data_(text), size_(text ? static_cast<std::int64_t>(std::strlen(text)) : -1) {}
  Bytes(std::nullptr_t) = delete;
  constexpr Bytes(const void* data, std::size_t size) noexcept
      : data_(data), size_(static_cast<std::int64_t>(size)) {}

  template <
      class Range,
      class Byte = std::remove_reference_t<decltype(*std::data(std::declval<const Range&>()))>,
      class = std::enable_if_t<!std::is_array_v<Range> && sizeof(Byte) == 1 &&
                               std::is_trivially_copyable_v<Byte>>>
  constexpr Bytes(const Range& range) noexcept : Bytes(std::data(range), std::size(range)) {}

  constexpr const void* data() const noexcept { return data_; }
  constexpr std::int64_t size() const noexcept { return size_; }
  std::string_view view() const noexcept {
    return size_ > 0
               ? std::string_view(static_cast<const char*>(data_), static_cast<std::size_t>(size_))
               : std::string_view();
  }

 private:
  const void* data_ = nullptr;
  std::int64_t size_ = 0;
};

// Many keys for one call, as C takes them. Like Bytes it copies none of them; made once and
// refilled, it allocates nothing.
class Keys {
 public:
  Keys() = default;
  Keys(std::initializer_list<Bytes> keys) { add_all(keys); }
  // A range of what a Bytes can be made from.
  template <class Range, class = std::enable_if_t<std::is_convertible_v<
                             decltype(*std::begin(std::declval<const Range&>())), Bytes>>>
  explicit Keys(const Range& range) {
    add_all(range);
  }

  void add(Bytes key) {
    data_.push_back(key.data());
    sizes_.push_back(key.size());
  }
  void clear() noexcept {
    data_.clear();
    sizes_.clear();
  }

  std::size_t size() const noexcept { return data_.size(); }
  std::int64_t count() const noexcept { return static_cast<std::int64_t>(data_.size()); }
  const void* const* data() const noexcept { return data_.data(); }
  const std::int64_t* sizes() const noexcept { return sizes_.data(); }

 private:
  template <class Range>
  void add_all(const Range& range) {
    for (const auto& key : range) add(key);
  }

  std::vector<const void*> data_;
  std::vector<std::int64_t> sizes_;
};

namespace detail {

// Of keys that may be left out, as C takes them.
inline const void* const* data(const Keys& keys) { return keys.size() ? keys.data() : nullptr; }
inline const std::int64_t* sizes(const Keys& keys) { return keys.size() ? keys.sizes() : nullptr; }

inline void match(const Keys& some, const Keys& all, const char* why) {
  if (some.size() != 0 && some.size() != all.size()) throw Error(Status::invalid_argument, why);
}

inline Bytes bytes(const void* data, std::int64_t size) {
  return Bytes(data, static_cast<std::size_t>(size));
}

}  // namespace detail
}  // namespace outgrow
