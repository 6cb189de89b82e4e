// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/formats/pattern.h"

#include <algorithm>

#include "bindings/cli/nearest.h"

namespace og::cli {

// Reads a pattern from left to right.
class PatternCompiler {
 public:
  PatternCompiler(const PatternDialect& dialect, std::string_view text, const FieldChoices& chosen)
      : dialect_(dialect), text_(text), names_(names_in_force(dialect.names, chosen)) {}

  Result<Pattern> run() {
    while (!text_.empty()) {
      char c = text_[0];
      if (const std::size_t length = dialect_.escape_at(text_, c); length > 0) {
        literal() += c;
        text_.remove_prefix(length);
        continue;
      }
      auto variable = dialect_.variable_at(text_);
      if (!variable) return tl::unexpected(variable.error());
      if (variable->length == 0) {
        literal() += c;
        text_.remove_prefix(1);
        continue;
      }
      text_.remove_prefix(variable->length);
      if (auto added = add(*variable); !added) return tl::unexpected(added.error());
    }
    return checked();
  }

 private:
  std::string& literal() {
    return pattern_.steps_.empty() ? pattern_.before_ : pattern_.steps_.back().after;
  }

  Result<void> add(const PatternVariable& variable) {
    Pattern::Step step;
    step.name = variable.name;
    step.strftime = variable.strftime;
    step.blanks = variable.blanks;
    std::size_t rank = 0;
    while (rank < names_.size() && names_[rank].name != variable.name) ++rank;
    if (rank < names_.size()) {
      step.field = names_[rank].field;
      step.unit = names_[rank].unit;
      names_[rank].is_seen = true;
      step.is_read = true;
    }
    if (step.is_read && !pattern_.steps_.empty() && literal().empty()) {
      // Apache's "%U%q", nginx's "$uri$is_args$args": one URL.
      if (step.field == LogField::kQuery && pattern_.steps_.back().field == LogField::kUrl)
        return {};
    }
    if (variable.name == "is_args") return {};
    if (!pattern_.steps_.empty() && literal().empty()) {
      return fail("--log-format: nothing stands between " + pattern_.steps_.back().name + " and " +
                  variable.name + ", so that no line tells them apart");
    }
    if (variable.brackets) literal() += '[';
    pattern_.steps_.push_back(std::move(step));
    ranks_.push_back(rank);
    if (variable.brackets) literal() += ']';
    return {};
  }

  // Of several variables for a field the first in the table is read.
  void read_one_a_field() {
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
      for (std::size_t other = 0; other < ranks_.size(); ++other) {
        const Pattern::Step& better = pattern_.steps_[other];
        if (other != i && better.is_read && better.field == pattern_.steps_[i].field &&
            (ranks_[other] < ranks_[i] || (ranks_[other] == ranks_[i] && other < i))) {
          pattern_.steps_[i].is_read = false;
        }
      }
    }
  }

  // A variable of --log-field that the pattern has not.
  Result<void> check_choices() const {
    std::vector<std::string_view> known;
    for (const Pattern::Step& step : pattern_.steps_) known.push_back(step.name);
    for (const FieldChoice& name : names_) {
      if (!name.is_chosen || name.is_seen) continue;
      return fail("--log-field: the pattern has no variable '" + printable(name.name) + "'" +
                  did_you_mean(name.name, known));
    }
    return {};
  }

  Result<Pattern> checked() {
    if (auto known = check_choices(); !known) return tl::unexpected(known.error());
    read_one_a_field();
    const std::string* before = &pattern_.before_;
    for (Pattern::Step& step : pattern_.steps_) {
      step.is_quoted = before->ends_with('"') && step.after.starts_with('"');
      step.is_list = step.name.starts_with("upstream_") ||
                     (step.is_read && step.field == LogField::kClient) ||
                     step.name.find("orwarded") != std::string::npos;
      step.is_number =
          step.is_read && (step.field == LogField::kStatus || step.field == LogField::kBytes ||
                           step.field == LogField::kDuration ||
                           (step.field == LogField::kTime && step.strftime.empty()));
      before = &step.after;
    }
    const auto has = [&](LogField field) {
      return std::any_of(pattern_.steps_.begin(), pattern_.steps_.end(),
                         [&](const auto& step) { return step.is_read && step.field == field; });
    };
    std::string missing;
    for (const LogField field : {LogField::kTime, LogField::kClient, LogField::kStatus}) {
      if (!has(field)) missing += (missing.empty() ? "" : ", ") + word(field);
    }
    if (!has(LogField::kRequest) && !(has(LogField::kMethod) && has(LogField::kUrl))) {
      missing += std::string(missing.empty() ? "" : ", ") + "request";
    }
    if (missing.empty()) return std::move(pattern_);
    return fail(
        "--log-format: this " + std::string(dialect_.server) + " pattern has no " + missing +
        ", without which no request is known; --log-field FIELD=NAME names another variable");
  }

  static std::string word(LogField field) {
    return std::string(kLogFieldWords[static_cast<std::size_t>(field)]);
  }

  const PatternDialect& dialect_;
  std::string_view text_;
  std::vector<FieldChoice> names_;
  Pattern pattern_;
  std::vector<std::size_t> ranks_;  // of the steps, in names_
};

Result<Pattern> Pattern::compile(std::string_view text, const FieldChoices& chosen) {
  for (const PatternDialect* dialect : {&kNginxPattern, &kApachePattern}) {
    if (dialect->is_spoken(text)) return PatternCompiler(*dialect, text, chosen).run();
  }
  return fail("--log-format '" + printable(text) + "' has no variable");
}

}  // namespace og::cli
