// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace og {

// An address of the internet, of either family. IPv4 lies in IPv6's ::ffff:0:0/96, so that both are
// compared as one; an IPv4-mapped address is IPv4.
struct IpAddress {
  std::array<unsigned char, 16> bytes{};

  // As requests tell it: 192.0.2.7, 192.0.2.7:4711, 2001:db8::7, [2001:db8::7], [2001:db8::7]:4711.
  // A zone id is left out: fe80::1%eth0 is fe80::1. Nothing of what is no address.
  static std::optional<IpAddress> parse(std::string_view text) noexcept;

  bool is_ipv4() const noexcept;
  // With the bits behind the first `bits` of 128 at 0.
  IpAddress prefix(int bits) const noexcept;
  // In its family's form, as RFC 5952 has it: 192.0.2.7, 2001:db8::7.
  std::string text() const;

  bool operator==(const IpAddress&) const = default;
};

// A range of addresses: 10.0.0.0/8, 2001:db8::/32, or one address.
struct IpRange {
  IpAddress first;
  int bits = 128;  // of 128, also where it is of IPv4

  // Nothing of what is none, nor of an address with bits behind the prefix: 10.1.2.3/8.
  static std::optional<IpRange> parse(std::string_view text) noexcept;
  bool contains(const IpAddress& address) const noexcept { return address.prefix(bits) == first; }
};

}  // namespace og
