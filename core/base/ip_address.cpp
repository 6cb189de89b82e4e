// SPDX-License-Identifier: Apache-2.0
#include "core/base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace og {
namespace {

constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// By the C library, which wants a NUL: none is within what it is given.
template <int kFamily>
bool from_text(std::string_view text, void* bytes) noexcept {
  char copy[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof copy || text.find('\0') != std::string_view::npos) return false;
  std::copy(text.begin(), text.end(), copy);
  copy[text.size()] = '\0';
  return inet_pton(kFamily, copy, bytes) == 1;
}

bool is_port(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<IpAddress> ipv4(std::string_view text) noexcept {
  IpAddress address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (!from_text<AF_INET>(text, address.bytes.data() + kMapped.size())) return std::nullopt;
  return address;
}

std::optional<IpAddress> ipv6(std::string_view text) noexcept {
  IpAddress address;
  const size_t zone = text.find('%');
  if (zone != std::string_view::npos && zone + 1 == text.size()) return std::nullopt;
  if (!from_text<AF_INET6>(text.substr(0, zone), address.bytes.data())) return std::nullopt;
  return address;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  if (text.front() == '[') {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
    return ipv6(text.substr(1, end - 1));
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return ipv4(text);
  if (text.find(':', colon + 1) != std::string_view::npos) return ipv6(text);
  if (!is_port(text.substr(colon + 1))) return std::nullopt;
  return ipv4(text.substr(0, colon));
}

bool IpAddress::is_ipv4() const noexcept {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

IpAddress IpAddress::prefix(int bits) const noexcept {
  IpAddress made;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int left = std::clamp(bits - static_cast<int>(i) * 8, 0, 8);
    made.bytes[i] = static_cast<unsigned char>(bytes[i] & (0xff00 >> left));
  }
  return made;
}

std::string IpAddress::text() const {
  char made[INET6_ADDRSTRLEN];
  const bool short_one = is_ipv4();
  const void* from = bytes.data() + (short_one ? kMapped.size() : 0);
  return inet_ntop(short_one ? AF_INET : AF_INET6, from, made, sizeof made);
}

std::optional<IpRange> IpRange::parse(std::string_view text) noexcept {
  const size_t slash = text.find('/');
  const std::string_view start = text.substr(0, slash);
  const bool written_short = start.find(':') == std::string_view::npos;
  const auto first = written_short ? ipv4(start) : ipv6(start);
  if (!first || start.find('%') != std::string_view::npos) return std::nullopt;
  if (slash == std::string_view::npos) return IpRange{*first, 128};
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool is_number = wrong == std::errc() && end == digits.data() + digits.size();
  if (!is_number || digits.front() == '-') return std::nullopt;
  if (bits > (written_short ? 32 : 128)) return std::nullopt;
  if (written_short) bits += 96;
  if (first->prefix(bits) != *first) return std::nullopt;
  return IpRange{*first, bits};
}

}  // namespace og
