// SPDX-License-Identifier: Apache-2.0
#include "core/limit/forwarded.h"

#include "core/base/trimmed.h"

namespace og {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_escaped(std::string_view text, size_t at) {
  size_t slashes = 0;
  while (slashes < at && text[at - 1 - slashes] == '\\') ++slashes;
  return slashes % 2 != 0;
}

// Where the quoted text that ends before `end` begins; npos where it does not.
size_t opening(std::string_view text, size_t end) {
  for (size_t at = end; at > 0; --at) {
    if (text[at - 1] == '"' && !is_escaped(text, at - 1)) return at - 1;
  }
  return std::string_view::npos;
}

// Where the last `mark` outside of quotes stands: npos for none; false where a quote is not opened.
bool last_outside(std::string_view text, char mark, size_t& found) {
  for (size_t at = text.size(); at > 0; --at) {
    if (text[at - 1] == mark) {
      found = at - 1;
      return true;
    }
    if (text[at - 1] != '"') continue;
    at = opening(text, at - 1);
    if (at == std::string_view::npos) return false;
    ++at;  // past it, for the loop's step
  }
  found = std::string_view::npos;
  return true;
}

bool is_for(std::string_view name) {
  return name.size() == 3 && (name[0] | 0x20) == 'f' && (name[1] | 0x20) == 'o' &&
         (name[2] | 0x20) == 'r';
}

// The text of a token or a quoted-string; nothing of what is neither.
std::optional<std::string> unquoted(std::string_view value) {
  if (value.empty()) return std::nullopt;
  if (value.front() != '"') {
    if (value.find('"') != std::string_view::npos) return std::nullopt;
    return std::string(value);
  }
  std::string text;
  for (size_t at = 1; at < value.size(); ++at) {
    if (value[at] == '"') return at + 1 == value.size() ? std::optional(text) : std::nullopt;
    if (value[at] == '\\' && ++at == value.size()) return std::nullopt;
    text += value[at];
  }
  return std::nullopt;
}

// The value of the one parameter `for` of a forwarded-element (RFC 7239, section 4).
std::optional<std::string> node_of(std::string_view element) {
  std::optional<std::string> node;
  for (bool more = true; more;) {
    size_t cut = 0;
    if (!last_outside(element, ';', cut)) return std::nullopt;
    more = cut != std::string_view::npos;
    const std::string_view pair = trimmed(more ? element.substr(cut + 1) : element, kBlanks);
    if (more) element = element.substr(0, cut);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || !is_for(pair.substr(0, equals))) continue;
    if (node) return std::nullopt;  // which of them it is, nobody can say
    node = unquoted(pair.substr(equals + 1));
    if (!node) return std::nullopt;
  }
  return node;
}

}  // namespace

std::optional<std::string_view> ForwardedNodes::take_last() {
  size_t comma = left_.rfind(',');
  if (form_ == Form::kForwarded && !last_outside(left_, ',', comma)) return std::nullopt;
  const bool more = comma != std::string_view::npos;
  const std::string_view last = trimmed(more ? left_.substr(comma + 1) : left_, kBlanks);
  left_ = more ? left_.substr(0, comma) : std::string_view();
  return last;
}

ForwardedNodes::Step ForwardedNodes::next(std::string& node) {
  while (!left_.empty()) {
    const auto element = take_last();
    if (!element) return Step::kMalformed;
    if (element->empty()) continue;  // a list may have such (RFC 9110, section 5.6.1)
    if (form_ == Form::kXForwardedFor) {
      node = *element;
      return Step::kNode;
    }
    auto found = node_of(*element);
    if (!found) return Step::kMalformed;
    node = std::move(*found);
    return Step::kNode;
  }
  return Step::kEnd;
}

}  // namespace og
