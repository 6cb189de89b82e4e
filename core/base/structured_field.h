// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// What HTTP fields are written with: the bare items of structured fields (RFC 9651, section 4.1).
namespace og {

// The greatest Integer that a field can carry: 15 digits.
inline constexpr int64_t kMostFieldInteger = 999'999'999'999'999;

// Whether a String can carry it: visible ASCII and blanks alone.
bool is_field_string(std::string_view text) noexcept;

// Appends a String: "login", with " and \ escaped. `text` is one that a String can carry.
void append_field_string(std::string& out, std::string_view text);

// Appends a Byte Sequence: :aGVsbG8=:, with its padding and no bit that stands for nothing.
void append_field_bytes(std::string& out, std::string_view bytes);

// Appends an Integer; one that is less than 0 or has no room is the nearest that has.
void append_field_integer(std::string& out, int64_t number);

}  // namespace og
