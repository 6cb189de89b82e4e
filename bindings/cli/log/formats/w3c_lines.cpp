// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "bindings/cli/log/formats/w3c.h"

namespace og::cli {
namespace {

class W3cLines : public LineFormat {
 public:
  W3cLines(const W3cNames& names, const FieldChoices& chosen)
      : is_ours_(names.is_ours), names_(names_in_force(names.names, chosen)) {}

  std::string note() const override { return unseen_choice(names_); }

 private:
  const char* read(std::string_view line, LogRecord& out) override {
    if (line.starts_with('#')) return header(line);
    if (columns_.empty()) return not_ours_ ? "its #Fields are another format's" : "no #Fields line";
    texts_.clear();
    split(line, line.find('\t') == line.npos ? ' ' : '\t');
    if (texts_.size() != columns_.size()) {
      why_ = std::to_string(texts_.size()) + " fields where #Fields names " +
             std::to_string(columns_.size());
      return why_.c_str();
    }
    FieldTexts fields;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (columns_[i] == kUnread || !is_there(texts_[i])) continue;
      std::size_t& rank = ranks_[static_cast<std::size_t>(names_[columns_[i]].field)];
      if (columns_[i] >= rank) continue;
      rank = columns_[i];
      fields[names_[rank].field] = texts_[i];
      if (names_[rank].field == LogField::kDuration) fields.duration_unit = unit_of(names_[rank]);
    }
    ranks_.fill(kUnread);
    if (fields[LogField::kDate].empty() && fields[LogField::kTime].size() < 19) {
      fields[LogField::kDate] = date_;
    }
    return fields_.read(fields, out);
  }

  const char* header(std::string_view line) {
    const auto value_of = [&](std::string_view name) {
      if (!line.starts_with(name)) return std::string_view();
      std::string_view value = line.substr(name.size());
      while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
      while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
      return value;
    };
    if (const auto software = value_of("#Software:"); !software.empty()) {
      microsoft_ = software.find("Microsoft") != software.npos;
    }
    if (const auto date = value_of("#Date:"); !date.empty()) date_ = date.substr(0, 10);
    if (const auto names = value_of("#Fields:"); !names.empty()) {
      not_ours_ = !is_ours_(names);
      columns_.clear();
      texts_.clear();
      split(names, names.find('\t') == names.npos ? ' ' : '\t');
      for (std::size_t i = 0; !not_ours_ && i < texts_.size(); ++i) {
        std::size_t row = 0;
        while (row < names_.size() && names_[row].name != texts_[i]) ++row;
        columns_.push_back(row < names_.size() ? row : kUnread);
        if (row < names_.size()) names_[row].is_seen = true;
      }
      milliseconds_ =
          names.find("sc-win32-status") != names.npos || names.find("sc-substatus") != names.npos;
    }
    return kHeader;
  }

  // The draft and CloudFront have seconds, IIS milliseconds.
  Unit unit_of(const FieldChoice& name) const {
    if (name.unit != Unit::kNone) return name.unit;
    return milliseconds_ || microsoft_ ? Unit::kMilliseconds : Unit::kSeconds;
  }

  void split(std::string_view line, char separator) {
    for (;;) {
      const std::size_t end = line.find(separator);
      if (line.starts_with('"')) {
        const std::size_t quote = line.find('"', 1);
        if (quote != line.npos && (quote + 1 == line.size() || line[quote + 1] == separator)) {
          texts_.push_back(line.substr(1, quote - 1));
          if (quote + 1 == line.size()) return;
          line.remove_prefix(quote + 2);
          continue;
        }
      }
      texts_.push_back(line.substr(0, end));
      if (end == line.npos) return;
      line.remove_prefix(end + 1);
    }
  }

  static constexpr std::size_t kUnread = static_cast<std::size_t>(-1);

  bool (*is_ours_)(std::string_view);
  std::vector<FieldChoice> names_;
  std::vector<std::size_t> columns_;  // for each of the log's fields the row of names_, or kUnread
  std::vector<std::string_view> texts_;
  std::array<std::size_t, kLogFields> ranks_ = [] {
    std::array<std::size_t, kLogFields> none{};
    none.fill(kUnread);
    return none;
  }();
  std::string date_;
  bool microsoft_ = false;
  bool milliseconds_ = false;
  bool not_ours_ = false;
  FieldReader fields_;
  std::string why_;
};

}  // namespace

std::unique_ptr<LineFormat> read_w3c(const W3cNames& names, const FieldChoices& chosen) {
  return std::make_unique<W3cLines>(names, chosen);
}

}  // namespace og::cli
