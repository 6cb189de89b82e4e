// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay_command.h"

#include <unistd.h>

#include <chrono>
#include <iostream>

#include "bindings/cli/files.h"
#include "bindings/cli/log/merge.h"
#include "bindings/cli/output/html.h"
#include "bindings/cli/output/json.h"
#include "bindings/cli/output/text.h"
#include "bindings/cli/progress.h"
#include "bindings/cli/replay/replay.h"

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

void tell_malformed(const Summary& summary) {
  for (const MalformedLine& line : summary.malformed) {
    std::cerr << "outgrow: " << one_line(line.log) << ":" << line.line_number
              << ": skipped: " << line.why << (line.start.empty() ? "" : ": ") << line.start
              << "\n";
  }
  const auto told = static_cast<int64_t>(summary.malformed.size());
  if (summary.skipped > told) {
    std::cerr << "outgrow: " << summary.skipped - told << " more lines skipped\n";
  }
}

Result<Summary> replay(const ReplayArguments& arguments, const ReplaySettings& settings) {
  const auto start = std::chrono::steady_clock::now();
  auto replay = Replay::create(settings);
  if (!replay) return tl::unexpected(replay.error());
  auto log = LogMerge::open(arguments.logs, arguments.strict);
  if (!log) return tl::unexpected(log.error());
  int64_t requests = 0;
  {
    Progress progress(isatty(STDERR_FILENO) == 1);
    for (;;) {
      auto record = log->next();
      if (!record) return tl::unexpected(record.error());
      if (*record == nullptr) break;
      replay->feed(**record);
      if ((++requests & 0x3fff) == 0) progress.show(requests, log->progress());
    }
  }
  if (requests == 0) {
    std::string text = joined(arguments.logs) + ": no request in Common or Combined Log Format";
    if (!log->malformed().empty()) {
      text += " (line " + std::to_string(log->malformed().front().line_number) + ": " +
              log->malformed().front().why + ")";
    }
    return fail(std::move(text));
  }
  auto summary = replay->finish(*log);
  if (!summary) return summary;
  summary->logs = arguments.logs;
  summary->elapsed_seconds = seconds_since(start);
  return summary;
}

}  // namespace

Result<void> run_replay(const ReplayArguments& arguments) {
  if (!arguments.report.empty()) {
    if (auto able = check_writable(arguments.report); !able) return able;
    for (const std::string& read : arguments.logs) {
      if (auto kept = check_kept(arguments.report, read); !kept) return kept;
    }
    if (auto kept = check_kept(arguments.report, arguments.config); !kept) return kept;
  }
  auto settings = ReplaySettings::load(arguments.config);
  if (!settings) return tl::unexpected(settings.error());
  if (!arguments.title.empty()) settings->title = arguments.title;
  auto summary = replay(arguments, *settings);
  if (!summary) return tl::unexpected(summary.error());
  tell_malformed(*summary);
  if (!arguments.report.empty()) {
    if (auto done = write_whole_file(arguments.report, to_html(*summary)); !done) return done;
  }
  std::cout << (arguments.format == "json" ? to_json(*summary) : to_text(*summary));
  if (!arguments.report.empty() && arguments.format == "text") {
    std::cout << "report      " << one_line(arguments.report) << "\n";
  }
  return {};
}

}  // namespace og::cli
