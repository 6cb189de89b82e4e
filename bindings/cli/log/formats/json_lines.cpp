// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/formats/json_lines.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/utf8.h"

namespace og::cli {
namespace {

constexpr char kNoObject[] = "no JSON object";

// A value that a line may have, by its path.
struct Value {
  FieldChoice from;
  std::string text;
  bool there = false;
};

// Takes the values that are wanted out of the stream of nlohmann's parser: no tree is built.
class Taker {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  explicit Taker(std::vector<Value>& values) : values_(values) {}

  void begin() {
    path_.clear();
    outer_.clear();
    for (Value& value : values_) value.there = false;
  }

  bool null() { return !outer_.empty(); }
  bool boolean(bool) { return !outer_.empty(); }
  bool number_integer(number_integer_t number) { return take_number(number); }
  bool number_unsigned(number_unsigned_t number) { return take_number(number); }
  bool number_float(number_float_t, const string_t& text) { return take(text); }
  bool string(string_t& text) { return take(text); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) {
    outer_.push_back(path_.size());
    return true;
  }
  bool key(string_t& name) {
    path_.resize(outer_.back());
    if (!path_.empty()) path_ += '.';
    path_ += name;
    return true;
  }
  bool end_object() {
    path_.resize(outer_.back());
    outer_.pop_back();
    return true;
  }
  bool start_array(std::size_t) { return !outer_.empty(); }
  bool end_array() { return true; }
  template <class Error>
  bool parse_error(std::size_t, const std::string&, const Error&) {
    return false;
  }

 private:
  template <class Number>
  bool take_number(Number number) {
    char text[24];
    const auto [end, error] = std::to_chars(text, text + sizeof text, number);
    return take({text, static_cast<std::size_t>(end - text)});
  }

  // False, which ends the parse, for what is in no object.
  bool take(std::string_view text) {
    if (outer_.empty()) return false;
    for (Value& value : values_) {
      if (value.from.name != path_ || value.there) continue;
      value.from.is_seen = true;
      value.text.assign(text);
      value.there = is_there(text) || value.from.field == LogField::kRequest;
    }
    return true;
  }

  std::vector<Value>& values_;
  std::string path_;
  std::vector<std::size_t> outer_;  // of each object we are in, the length of its path
};

// With every byte and escape that JSON has not as text. False when there is none.
bool mend(std::string_view line, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.clear();
  bool changed = false;
  while (!line.empty()) {
    std::size_t length = utf8_length(line);
    if (line.starts_with("\\x")) {
      out += "\\\\x";
      length = 2;
      changed = true;
    } else if (line[0] == '\\' && line.size() > 1) {
      out += line.substr(0, length = 2);
    } else if (length > 0) {
      out += line.substr(0, length);
    } else {
      const auto byte = static_cast<unsigned char>(line[0]);
      out += {'\\', '\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
      length = 1;
      changed = true;
    }
    line.remove_prefix(length);
  }
  return changed;
}

class JsonLines : public LineFormat {
 public:
  JsonLines(std::span<const FieldName> names, const FieldChoices& chosen) : taker_(values_) {
    for (FieldChoice& name : names_in_force(names, chosen)) values_.push_back({std::move(name)});
  }

  std::string note() const override {
    std::vector<FieldChoice> names;
    for (const Value& value : values_) names.push_back(value.from);
    if (std::string unseen = unseen_choice(names); !unseen.empty()) return unseen;
    if (unitless_.empty()) return {};
    return "'" + unitless_ + "' is not used: whether it is s, ms, us or ns is not said; " +
           "--log-field duration=" + unitless_ + ":ms says it";
  }

 private:
  bool take(std::string_view line) {
    taker_.begin();
    return nlohmann::json::sax_parse(line.begin(), line.end(), &taker_);
  }

  const char* read(std::string_view line, LogRecord& out) override {
    if (!line.starts_with('{')) return kNoObject;
    if (!take(line) && !(mend(line, mended_) && take(mended_))) return kNoObject;
    FieldTexts texts;
    const Value* unitless = nullptr;
    for (const Value& value : values_) {
      if (!value.there || is_there(texts[value.from.field])) continue;
      if (is_unitless(value)) {
        unitless = &value;
        continue;
      }
      texts[value.from.field] = value.text;
      if (value.from.field == LogField::kDuration) texts.duration_unit = value.from.unit;
    }
    const char* const why = fields_.read(texts, out);
    if (why != nullptr) return named(why, texts);
    if (unitless != nullptr && unitless_.empty() && out.duration_ns < 0) {
      unitless_ = unitless->from.name;
    }
    return nullptr;
  }

  static bool is_unitless(const Value& value) {
    return value.from.field == LogField::kDuration && value.from.unit == Unit::kNone &&
           value.text.find_first_not_of("0123456789.eE+-") == value.text.npos;
  }

  // "no client: neither remote_addr nor client_ip"
  const char* named(const char* why, const FieldTexts& texts) {
    why_ = why;
    for (const LogField field : {LogField::kTime, LogField::kClient, LogField::kUrl,
                                 LogField::kMethod, LogField::kStatus}) {
      const std::string_view word = kLogFieldWords[static_cast<std::size_t>(field)];
      const bool url = field == LogField::kUrl && why_ == "no URL";
      if (is_there(texts[field]) || (why_ != "no " + std::string(word) && !url)) continue;
      std::string names;
      for (const Value& value : values_) {
        if (value.from.field == field) names += (names.empty() ? "" : ", ") + value.from.name;
      }
      why_ += " (none of " + names + ")";
      break;
    }
    return why_.c_str();
  }

  std::vector<Value> values_;
  Taker taker_;
  FieldReader fields_;
  std::string mended_;
  std::string unitless_;
  std::string why_;
};

}  // namespace

std::unique_ptr<LineFormat> read_json_lines(std::span<const FieldName> names,
                                            const FieldChoices& chosen) {
  return std::make_unique<JsonLines>(names, chosen);
}

}  // namespace og::cli
