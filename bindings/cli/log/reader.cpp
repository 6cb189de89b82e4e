// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/reader.h"

#include <array>

#include "bindings/cli/log/civil_time.h"

namespace og::cli {
namespace {

std::string place(const LineSource& source, int64_t line_number) {
  return source.name() + ":" + std::to_string(line_number);
}

}  // namespace

Result<bool> LogReader::next() {
  if (front_is_given_) ahead_.pop_front();
  front_is_given_ = false;
  for (;;) {
    if (ahead_.empty()) {
      auto more = read();
      if (!more || !*more) return more;
      if (time_.is_near(record_.epoch_s)) {
        time_.take(record_.epoch_s);
        return true;
      }
      hold();
    }
    const int64_t at_s = ahead_.front().record.epoch_s;
    bool out = false;
    if (!time_.is_near(at_s)) {
      if (auto done = read_ahead(); !done) return tl::unexpected(done.error());
      std::array<int64_t, TimeOfLog::kWindow> times{};
      for (std::size_t i = 1; i < ahead_.size(); ++i) times[i - 1] = ahead_[i].record.epoch_s;
      out = time_.is_out(at_s, std::span(times.data(), ahead_.size() - 1));
    }
    if (!out) {
      time_.take(at_s);
      front_is_given_ = true;
      return true;
    }
    if (auto done = leave_out("is far from the times around it"); !done) {
      return tl::unexpected(done.error());
    }
  }
}

// The format, told by the choice or by the first lines.
Result<void> LogReader::begin() {
  if (choice_->make) {
    format_ = choice_->make();
    format_name_ = choice_->name;
    return {};
  }
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (bool more_lines = true;
       more_lines && lines.size() < kMostFirstLines && bytes < kFirstBytes;) {
    if (lines.size() >= kFirstLines && lines.size() % kFirstLines == 0) {
      const std::span<const std::string> last(lines.end() - kFirstLines, lines.end());
      if (detect_format(last, choice_->fields) != nullptr) break;
    }
    std::string_view line;
    auto more = source_->next(line);
    if (!more) return tl::unexpected(more.error());
    more_lines = *more;
    if (!more_lines) break;
    lines.emplace_back(line);
    bytes += line.size();
    first_.push_back(
        {lines.back(), source_->line_number(), source_->was_overlong(), source_->was_cut()});
  }
  detected_ = detect_format(lines, choice_->fields);
  const LogFormat& format = detected_ != nullptr ? *detected_ : nearest_format(lines);
  format_ = format.make(choice_->fields);
  if (!lines.empty()) format_name_ = format.name;
  if (detected_ != nullptr) {
    auto known = check_fields(*detected_, choice_->fields);
    if (!known) return fail(source_->name() + ": " + known.error().text);
  }
  return {};
}

Result<bool> LogReader::next_line() {
  if (first_at_ < first_.size()) {
    const Line& line = first_[first_at_++];
    line_ = line.text;
    line_number_ = line.number;
    was_overlong_ = line.was_overlong;
    was_cut_ = line.was_cut;
    return true;
  }
  if (!first_.empty()) {
    first_ = {};
    first_at_ = 0;
  }
  auto more = source_->next(line_);
  if (!more || !*more) return more;
  line_number_ = source_->line_number();
  was_overlong_ = source_->was_overlong();
  was_cut_ = source_->was_cut();
  return true;
}

Result<bool> LogReader::read() {
  if (format_ == nullptr) {
    if (auto begun = begin(); !begun) return tl::unexpected(begun.error());
  }
  while (!ended_) {
    auto more = next_line();
    if (!more) return more;
    if (!*more) {
      ended_ = true;
      if (left_out_->strict && !source_->fault().empty()) return fail(source_->fault());
      end();
      break;
    }
    const char* const why = was_overlong_ ? "longer than 256 KiB"
                            : was_cut_    ? "cut off"
                                          : format_->parse(line_, record_);
    if (why == nullptr) return true;
    if (why == LineFormat::kHeader) continue;
    if (left_out_->strict && was_cut_) return fail(source_->fault());
    if (auto left = leave_out_malformed(why); !left) return tl::unexpected(left.error());
  }
  return false;
}

Result<void> LogReader::leave_out_malformed(std::string why) {
  ++left_out_->malformed;
  auto& shown = left_out_->malformed_lines;
  if (!left_out_->strict && shown.size() >= LeftOut::kShown) return {};
  if (detected_ != nullptr && !line_.empty()) {
    const std::string text(line_);
    const LogFormat* const other = detect_format({&text, 1}, choice_->fields);
    if (other != nullptr && other->name != detected_->name) {
      why += "; it is " + std::string(other->name) + ", which the log does not begin in";
    }
  }
  if (left_out_->strict) {
    return fail(place(*source_, line_number_) + ": not " + format_name_ + ": " + why);
  }
  shown.push_back({source_->name(), line_number_, std::move(why), printable(line_, 60)});
  return {};
}

void LogReader::end() {
  if (!source_->fault().empty()) left_out_->warnings.push_back(source_->fault());
  if (const std::string note = format_->note(); !note.empty()) {
    left_out_->warnings.push_back(source_->name() + ": " + note);
  }
}

Result<void> LogReader::read_ahead() {
  while (ahead_.size() <= TimeOfLog::kWindow) {
    auto more = read();
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    hold();
  }
  return {};
}

// Copies the line, and the record with what its views show.
void LogReader::hold() {
  Held& held = ahead_.emplace_back(Held{std::string(line_), record_, line_number_,
                                        std::string(record_.client), std::string(record_.url)});
  held.record.client = held.client;
  held.record.url = held.url;
}

tl::expected<void, Failure> LogReader::leave_out(const char* why) {
  const Held& held = ahead_.front();
  const std::string when = iso_8601(held.record.epoch_s, held.record.offset_s);
  if (left_out_->strict) return fail(place(*source_, held.number) + ": " + when + " " + why);
  ++left_out_->out_of_time;
  auto& shown = left_out_->out_of_time_lines;
  if (shown.size() < LeftOut::kShown) {
    shown.push_back({source_->name(), held.number, when + " " + why, printable(held.line, 60)});
  }
  ahead_.pop_front();
  return {};
}

}  // namespace og::cli
