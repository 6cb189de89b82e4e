// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "core/base/shown_text.h"
#include "core/base/status.h"

namespace og {

// How the objects of a fleet are called: in the host's scope "fleet/limiter", so that two fleets
// can share one; and on the server "outgrow:fleet:breaker:name", or
// "outgrow:fleet:limiter:name:key", one key of the server's for each key of the limiter's, so that
// they spread over a cluster.
struct FleetNames {
  static constexpr size_t kLongestFleet = 40;
  static bool is_fleet(std::string_view name) {
    const auto is_letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_' || c == '.';
    };
    return !name.empty() && name.size() <= kLongestFleet &&
           std::all_of(name.begin(), name.end(), is_letter);
  }
  static tl::unexpected<Error> refuse_fleet(std::string_view name) {
    return fail(Status::kInvalidArgument,
                "a fleet's name has 1 to " + std::to_string(kLongestFleet) +
                    " letters, digits, '-', '_' and '.', not '" + shown(name, 60) + "'",
                "name");
  }

  static std::string in_host(std::string_view fleet, std::string_view name) {
    return std::string(fleet) + '/' + std::string(name);
  }
  static bool is_of(std::string_view fleet, std::string_view in_host) {
    return in_host.size() > fleet.size() && in_host.starts_with(fleet) &&
           in_host[fleet.size()] == '/';
  }
  static std::string members(std::string_view fleet) {
    return "outgrow:" + std::string(fleet) + ":members";
  }
  // kind: in the singular, as in "limiter".
  static std::string on_server(std::string_view fleet, std::string_view kind,
                               std::string_view in_host) {
    return "outgrow:" + std::string(fleet) + ':' + std::string(kind) + ':' +
           encoded(in_host.substr(fleet.size() + 1), ":");
  }
  // A key of a limiter's, as the server's key ends: printable ASCII, whatever bytes it has, so that
  // a driver in any language may hold it in a string.
  static std::string encoded(std::string_view key, std::string_view besides = {}) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char letter : key) {
      const auto byte = static_cast<unsigned char>(letter);
      if (byte > ' ' && byte < 0x7f && letter != '%' && besides.find(letter) == besides.npos) {
        out += letter;
      } else {
        out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
      }
    }
    return out;
  }
  // What encoded() made the text of; false where it made none such.
  static bool decode(std::string_view text, std::string* out) {
    out->clear();
    for (size_t i = 0; i < text.size(); ++i) {
      char letter = text[i];
      if (letter == '%') {
        if (text.size() - i < 3) return false;
        unsigned byte = 0;
        const auto read = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
        if (read.ptr != text.data() + i + 3) return false;
        letter = static_cast<char>(byte);
        i += 2;
      }
      *out += letter;
    }
    return true;
  }
};

}  // namespace og
