// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/resp.h"

#include <charconv>
#include <optional>
#include <utility>

#include "core/base/shown_text.h"

namespace og {
namespace {

constexpr std::string_view kEnd = "\r\n";
constexpr int kDeepest = 4;
constexpr int64_t kLongestList = 1 << 20;

class RespReader {
 public:
  explicit RespReader(std::string_view text) : text_(text) {}

  bool is_done() const { return at_ == text_.size(); }
  std::optional<FleetReply> read(int depth) {
    if (is_done() || depth > kDeepest) return std::nullopt;
    const char type = text_[at_++];
    const auto line = this->line();
    if (!line) return std::nullopt;
    if (type == '+') return FleetReply::text_of(std::string(*line));
    if (type == '-') return FleetReply::error_of(std::string(*line));
    int64_t number = 0;
    const auto [end, error] = std::from_chars(line->data(), line->data() + line->size(), number);
    if (error != std::errc() || end != line->data() + line->size()) return std::nullopt;
    if (type == ':') return FleetReply::integer_of(number);
    if (type == '$') return bulk(number);
    return type == '*' ? list(number, depth) : std::nullopt;
  }

 private:
  std::optional<std::string_view> line() {
    const size_t end = text_.find(kEnd, at_);
    if (end == text_.npos) return std::nullopt;
    const std::string_view line = text_.substr(at_, end - at_);
    at_ = end + kEnd.size();
    return line;
  }
  std::optional<FleetReply> bulk(int64_t size) {
    if (size == -1) return FleetReply{};
    const auto left = static_cast<int64_t>(text_.size() - at_);
    if (size < 0 || size > left - static_cast<int64_t>(kEnd.size())) return std::nullopt;
    const auto bytes = static_cast<size_t>(size);
    if (text_.substr(at_ + bytes, kEnd.size()) != kEnd) return std::nullopt;
    auto reply = FleetReply::text_of(std::string(text_.substr(at_, bytes)));
    at_ += bytes + kEnd.size();
    return reply;
  }
  std::optional<FleetReply> list(int64_t size, int depth) {
    if (size == -1) return FleetReply{};
    if (size < 0 || size > kLongestList) return std::nullopt;
    FleetReply reply{FleetReply::Kind::kList, 0, {}, {}};
    for (int64_t i = 0; i < size; ++i) {
      auto one = read(depth + 1);
      if (!one) return std::nullopt;
      reply.list.push_back(std::move(*one));
    }
    return reply;
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

void append_resp(std::string& out, const std::vector<std::string>& words) {
  out += '*' + std::to_string(words.size());
  out += kEnd;
  for (const std::string& word : words) {
    out += '$' + std::to_string(word.size());
    out += kEnd;
    out += word;
    out += kEnd;
  }
}

Result<FleetReply> parse_resp(std::string_view text) {
  RespReader reader(text);
  auto reply = reader.read(0);
  if (reply && reader.is_done()) return std::move(*reply);
  return fail(Status::kInvalidArgument,
              "a reply is one of RESP2, whole: not '" + shown(text, 40) + "'", "reply");
}

}  // namespace og
