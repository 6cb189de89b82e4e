// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/client.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "bindings/cli/log/digit.h"

namespace og::cli {
namespace {

constexpr char kNoClient[] = "no client";
constexpr char kBadClient[] = "the client is no address and no name";
constexpr char kTwoReadings[] = "it is not plain which field is the client";

// Bytes of which a field of one reading has none.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> special{};
  for (const char c : {' ', '\t', ',', ':', ';', '"', '['})
    special[static_cast<unsigned char>(c)] = true;
  return special;
}();

bool is_special(char c) { return kSpecial[static_cast<unsigned char>(c)]; }

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit))
    return false;
  int port = 0;
  for (const char c : text) port = port * 10 + (c - '0');
  return port <= 65535;
}

bool is_address(int family, std::string_view text) {
  char copy[INET6_ADDRSTRLEN];
  unsigned char bytes[sizeof(in6_addr)];
  if (text.size() >= sizeof copy || std::memchr(text.data(), 0, text.size()) != nullptr)
    return false;
  *std::copy(text.begin(), text.end(), copy) = '\0';
  return ::inet_pton(family, copy, bytes) == 1;
}

bool is_ipv4(std::string_view text) {
  return !text.empty() && is_digit(text[0]) && is_address(AF_INET, text);
}

// With a zone if need be: "fe80::1%eth0".
bool is_ipv6(std::string_view text) {
  const std::size_t zone = text.find('%');
  if (zone != text.npos && zone + 1 == text.size()) return false;
  return is_address(AF_INET6, text.substr(0, zone));
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  });
}

struct Field {
  enum class Kind { kNone, kAddress, kName, kWord, kBad };  // kWord: what no host is called
  Kind kind = Kind::kNone;
  std::string_view client;  // without port and brackets
  bool port = false;
  std::string_view whole = client;

  bool is(Kind wanted) const { return kind == wanted; }
};
using Kind = Field::Kind;

Field without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    const std::string_view inside = text.substr(1, close == text.npos ? 0 : close - 1);
    const std::string_view behind = close == text.npos ? text : text.substr(close + 1);
    const bool port = behind.starts_with(':') && is_port(behind.substr(1));
    if (!is_ipv6(inside) || (!behind.empty() && !port)) return {Kind::kBad, text};
    return {Kind::kAddress, inside, port, text};
  }
  if (is_ipv6(text)) return {Kind::kAddress, text};
  const std::size_t colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  if (!is_port(text.substr(colon + 1))) {
    // nginx has "unix:" for those who come by a socket of its own machine.
    return text == "unix:" ? Field{Kind::kAddress, text} : Field{Kind::kBad, text};
  }
  if (is_ipv4(host)) return {Kind::kAddress, host, true, text};
  return {is_name(host) && host != "-" ? Kind::kName : Kind::kBad, host, true, text};
}

Field classified(std::string_view text) {
  if (text.empty() || text == "-" || text == "unknown") return {Kind::kNone, text};
  if (text[0] == '[' || text.find(':') != text.npos) return without_port(text);
  if (text.find_first_of(";\"\t") != text.npos) return {Kind::kBad, text};
  if (is_ipv4(text)) return {Kind::kAddress, text};
  return {is_name(text) ? Kind::kName : Kind::kWord, text};
}

// Of a list the first; but all of it has to be one.
Field first_of_list(std::string_view list) {
  Field first;
  for (bool begun = false;; begun = true) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    const Field field = classified(item);
    if (item.empty() || field.is(Kind::kBad) || field.is(Kind::kWord)) return {Kind::kBad, list};
    if (!begun) first = field;
    if (comma == list.npos) return first;
    list.remove_prefix(comma + 1);
  }
}

// Takes the next field and the blank after it: a word, a quoted text, or a list "a, b".
Field take_field(std::string_view& head) {
  std::string_view text;
  if (head.starts_with('"')) {
    const std::size_t close = head.find('"', 1);
    const bool closed = close != head.npos && (close + 1 == head.size() || head[close + 1] == ' ');
    if (!closed) return {Kind::kBad, head};
    text = head.substr(1, close - 1);
    head.remove_prefix(std::min(close + 2, head.size()));
  } else {
    std::size_t end = std::min(head.find(' '), head.size());
    while (end > 0 && head[end - 1] == ',' && end < head.size()) {
      end = std::min(head.find(' ', end + 1), head.size());
    }
    text = head.substr(0, end);
    head.remove_prefix(std::min(end + 1, head.size()));
  }
  return text.find(',') == text.npos ? classified(text) : first_of_list(text);
}

std::size_t fields_in(std::string_view text) {
  return text.empty() ? 0 : static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
}

// A client as it stands, without a second look.
bool is_plain(std::string_view text) {
  return text.size() > 1 && std::none_of(text.begin(), text.end(), is_special) && text != "unknown";
}

bool starts_with_dash(std::string_view text) { return text == "-" || text.starts_with("- "); }

// Which of two fields is the client, with what follows them.
const char* choose(const Field& first, const Field& second, std::string_view rest, LineHead& head) {
  head = {first.client, {}};
  const bool address = first.is(Kind::kAddress);
  if (second.is(Kind::kNone) && second.client == "-") {
    if (first.is(Kind::kNone)) return kNoClient;
    // "host - - user": the host's client is not known.
    if (!address && rest.starts_with("- ")) return kNoClient;
    std::string_view user = rest;
    return take_field(user).is(Kind::kAddress) ? kTwoReadings : nullptr;
  }
  if (second.is(Kind::kAddress)) {
    if (address && !first.port) return kTwoReadings;
    if (first.is(Kind::kWord)) return kBadClient;
    head = {second.client, first.whole};
    return nullptr;
  }
  if (address) {
    std::string_view user = rest;
    return take_field(user).is(Kind::kAddress) ? kTwoReadings : nullptr;
  }
  if (!second.is(Kind::kName)) {
    if (second.is(Kind::kWord) && !first.is(Kind::kNone) && !first.port && fields_in(rest) == 1) {
      return nullptr;  // an ident
    }
    return first.is(Kind::kNone) || second.is(Kind::kNone) ? kNoClient : kTwoReadings;
  }
  if (fields_in(rest) >= 2 && (starts_with_dash(rest) || first.port)) {
    head = {second.client, first.whole};
    return nullptr;
  }
  if (first.is(Kind::kNone)) return kNoClient;
  std::string_view user = rest;
  return !first.port && fields_in(rest) == 1 && !take_field(user).is(Kind::kAddress) ? nullptr
                                                                                     : kTwoReadings;
}

}  // namespace

const char* read_head(std::string_view text, LineHead& head) {
  // Nearly every line: "client - -".
  constexpr std::string_view kNobody = " - -";
  if (text.ends_with(kNobody)) {
    head = {text.substr(0, text.size() - kNobody.size()), {}};
    if (is_plain(head.client)) return nullptr;
  }
  const Field first = take_field(text);
  if (first.is(Kind::kBad)) return kBadClient;
  if (text.empty()) {
    head = {first.client, {}};
    return first.is(Kind::kNone) ? kNoClient : nullptr;
  }
  const Field second = take_field(text);
  return choose(first, second, text, head);
}

const char* read_client(std::string_view field, std::string_view& client) {
  client = field;
  if (is_plain(field)) return nullptr;
  const bool list = field.find(',') != field.npos;
  const Field read = list ? first_of_list(field) : classified(field);
  client = read.client;
  if (read.is(Kind::kNone)) return kNoClient;
  return read.is(Kind::kBad) || (!list && field.find(' ') != field.npos) ? kBadClient : nullptr;
}

}  // namespace og::cli
