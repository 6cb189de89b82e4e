// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay_command.h"

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <optional>

#include "bindings/cli/figures.h"
#include "bindings/cli/files.h"
#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/merge.h"
#include "bindings/cli/output/html.h"
#include "bindings/cli/output/json.h"
#include "bindings/cli/output/recommendation_text.h"
#include "bindings/cli/output/text.h"
#include "bindings/cli/progress.h"
#include "bindings/cli/replay/comparison.h"
#include "bindings/cli/replay/recommend.h"
#include "bindings/cli/replay/replay.h"
#include "bindings/cli/write_target.h"

namespace og::cli {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

void tell_lines(const std::vector<LineLeftOut>& lines, int64_t count, const char* fate) {
  for (const LineLeftOut& line : lines) {
    std::cerr << "outgrow: " << one_line(line.log) << ":" << line.line_number << ": " << fate
              << ": " << line.why << (line.start.empty() ? "" : ": ") << line.start << "\n";
  }
  const int64_t more = count - static_cast<int64_t>(lines.size());
  if (more > 0) {
    std::cerr << "outgrow: " << more << " more line" << (more == 1 ? "" : "s") << " " << fate
              << "\n";
  }
}

void tell(const LeftOut& left_out) {
  for (const std::string& warning : left_out.warnings) {
    std::cerr << "outgrow: " << one_line(warning) << "\n";
  }
  tell_lines(left_out.malformed_lines, left_out.malformed, "skipped");
  tell_lines(left_out.out_of_time_lines, left_out.out_of_time, "left out");
}

Result<FormatChoice> format_of(const ReplayArguments& arguments) {
  FieldChoices fields;
  for (const std::string& text : arguments.log_fields) {
    auto choice = parse_field_choice(text);
    if (!choice) return tl::unexpected(choice.error());
    fields.push_back(std::move(*choice));
  }
  return FormatChoice::parse(arguments.log_format, std::move(fields));
}

// Why there is no request, with the format that was tried and those that are known.
Failure no_request(const ReplayArguments& arguments, const LogMerge& log) {
  std::string formats;
  for (const auto& [name, format] : log.formats()) {
    if (format.empty() || formats.find(format) != formats.npos) continue;
    formats += (formats.empty() ? " in " : " or ") + format;
  }
  std::string text = joined(arguments.logs) + ": no request" + formats;
  const LeftOut& left_out = log.left_out();
  if (!left_out.warnings.empty()) {
    text += " (" + left_out.warnings.front() + ")";
  } else if (!left_out.malformed_lines.empty()) {
    const LineLeftOut& line = left_out.malformed_lines.front();
    text += " (line " + std::to_string(line.line_number) + ": " + line.why +
            "); --log-format knows " + log_format_words() + " and patterns";
  } else if (formats.empty()) {
    text += ": no line";
  }
  return Failure{std::move(text)};
}

void finish(Summary& summary, const ReplayArguments& arguments, double seconds) {
  summary.logs = arguments.logs;
  summary.elapsed_seconds = seconds;
}
void finish(Comparison& both, const ReplayArguments& arguments, double seconds) {
  for (Summary* summary : {&both.first, &both.second}) finish(*summary, arguments, seconds);
}

// Feeds the log to one that was made; what that found out.
template <class R>
auto run(Result<R> replay, const ReplayArguments& arguments, FormatChoice format)
    -> decltype(replay->finish(std::declval<const LogMerge&>())) {
  const auto start = std::chrono::steady_clock::now();
  if (!replay) return tl::unexpected(replay.error());
  auto log = LogMerge::open(arguments.logs, arguments.strict, std::move(format));
  if (!log) return tl::unexpected(log.error());
  int64_t requests = 0;
  {
    Progress progress(isatty(STDERR_FILENO) == 1);
    for (;;) {
      auto record = log->next();
      if (!record) return tl::unexpected(record.error());
      if (*record == nullptr) break;
      replay->feed(**record);
      if ((++requests & 0x3fff) == 0) {
        const double part = log->progress();
        progress.show(with_commas(requests) + " requests" +
                      (part >= 0 ? ", " + as_percent(part) + " of the log read" : ""));
      }
    }
  }
  if (requests == 0) return tl::unexpected(no_request(arguments, *log));
  auto found = replay->finish(*log);
  if (found) finish(*found, arguments, seconds_since(start));
  return found;
}

const Summary& first_of(const Summary& summary) { return summary; }
const Summary& first_of(const Comparison& both) { return both.first; }

template <class F>
Result<void> show(const Result<F>& found, const ReplayArguments& arguments,
                  const std::optional<WriteTarget>& report) {
  if (!found) return tl::unexpected(found.error());
  tell(first_of(*found).left_out);
  if (report) {
    if (auto done = report->write(to_html(*found)); !done) return done;
  }
  std::cout << (arguments.format == "json" ? to_json(*found) : to_text(*found));
  if (report && arguments.format == "text") {
    std::cout << "report      " << one_line(arguments.report) << "\n";
  }
  return {};
}

Result<void> show_recommendation(const ReplaySettings& settings, const Result<Summary>& found,
                                 const ReplayArguments& arguments) {
  if (!found) return tl::unexpected(found.error());
  tell(found->left_out);
  Result<Recommendation> advice;
  {
    Progress progress(isatty(STDERR_FILENO) == 1);
    advice = recommend(settings, *found, arguments.overloaded_minutes, [&](double part) {
      progress.show(as_percent(part) + " of the settings tried");
    });
  }
  if (!advice) return tl::unexpected(advice.error());
  std::cout << (arguments.format == "json" ? to_json(*advice) : to_text(*advice));
  return {};
}

}  // namespace

Result<void> run_replay(const ReplayArguments& arguments) {
  std::optional<WriteTarget> report;
  if (!arguments.report.empty()) {
    auto found = WriteTarget::find(arguments.report);
    if (!found) return tl::unexpected(found.error());
    report.emplace(std::move(*found));
    for (const std::string& read : arguments.logs) {
      if (auto kept = check_kept(arguments.report, read); !kept) return kept;
    }
    for (const std::string& read : {arguments.config, arguments.compare}) {
      if (auto kept = check_kept(arguments.report, read); !kept) return kept;
    }
  }
  auto format = format_of(arguments);
  if (!format) return tl::unexpected(format.error());
  auto settings = ReplaySettings::load(arguments.config);
  if (!settings) return tl::unexpected(settings.error());
  if (!arguments.title.empty()) settings->title = arguments.title;
  if (arguments.recommend) {
    return show_recommendation(
        *settings, run(Replay::create(*settings), arguments, std::move(*format)), arguments);
  }
  if (arguments.compare.empty())
    return show(run(Replay::create(*settings), arguments, std::move(*format)), arguments, report);
  auto others = ReplaySettings::load(arguments.compare);
  if (!others) return tl::unexpected(others.error());
  return show(run(ComparedReplay::create(*settings, *others), arguments, std::move(*format)),
              arguments, report);
}

}  // namespace og::cli
