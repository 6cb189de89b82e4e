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

Result<bool> LogReader::read() {
  while (!ended_) {
    auto more = source_->next(line_);
    if (!more) return more;
    if (!*more) {
      ended_ = true;
      if (source_->fault().empty()) break;
      if (left_out_->strict) return fail(source_->fault());
      left_out_->warnings.push_back(source_->fault());
      break;
    }
    const char* const why = source_->was_overlong() ? "longer than 256 KiB"
                            : source_->was_cut()    ? "cut off"
                                                    : parser_.parse(line_, record_);
    if (why == nullptr) return true;
    if (left_out_->strict && source_->was_cut()) return fail(source_->fault());
    if (left_out_->strict) {
      return fail(place(*source_, source_->line_number()) +
                  ": not Common or Combined Log Format: " + why);
    }
    ++left_out_->malformed;
    auto& shown = left_out_->malformed_lines;
    if (shown.size() < LeftOut::kShown) {
      shown.push_back({source_->name(), source_->line_number(), why, printable(line_, 60)});
    }
  }
  return false;
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

// Copies the line, and the record whose views are into it.
void LogReader::hold() {
  Held& held = ahead_.emplace_back(Held{std::string(line_), record_, source_->line_number()});
  const auto moved = [&](std::string_view view) {
    return std::string_view(held.line).substr(static_cast<std::size_t>(view.data() - line_.data()),
                                              view.size());
  };
  held.record.client = moved(record_.client);
  held.record.url = moved(record_.url);
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
