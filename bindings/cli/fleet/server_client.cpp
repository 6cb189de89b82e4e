// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/fleet/server_client.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

extern char** environ;

namespace og::cli {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

// A line, without its end; the text goes on behind it.
std::string_view take_line(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  const std::string_view line = text.substr(0, at);
  text = at == text.npos ? std::string_view() : text.substr(at + end.size());
  return line;
}

std::optional<int64_t> number_of(std::string_view text) {
  int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
    return std::nullopt;
  return number;
}

// One that is no list: "(integer) 5", "(error) ERR why", "\"text\"", "OK".
std::string single(std::string_view line) {
  constexpr std::string_view kInteger = "(integer) ", kError = "(error) ";
  if (line.starts_with(kInteger)) return ":" + std::string(line.substr(kInteger.size())) + "\r\n";
  if (line.starts_with(kError)) return "-" + std::string(line.substr(kError.size())) + "\r\n";
  if (line == "(nil)") return "$-1\r\n";
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"')
    return bulk(line.substr(1, line.size() - 2));
  return "+" + std::string(line) + "\r\n";
}

// What it printed; nothing where it failed.
std::optional<std::string> output_of(const std::vector<std::string>& words) {
  std::array<int, 2> ends;
  if (pipe(ends.data()) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string printed;
  for (std::array<char, 4096> part; !failed;) {
    const ssize_t got = read(ends[0], part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || printed.size() > kMostBytes) break;
    printed.append(part.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  if (failed) {
    errno = failed;
    return std::nullopt;
  }
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  errno = 0;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? std::optional(printed) : std::nullopt;
}

}  // namespace

Result<std::string> resp_of(std::string_view printed, bool is_info) {
  if (is_info && !printed.starts_with("(error) ")) return bulk(printed);
  while (printed.ends_with('\n') || printed.ends_with('\r')) printed.remove_suffix(1);
  if (printed.empty()) return fail("the client printed nothing");
  if (!printed.starts_with("1) ") && !printed.starts_with(' ')) {  // numbers are aligned
    if (printed == "(empty array)") return "*0\r\n";
    return single(take_line(printed, "\n"));
  }
  std::string elements;
  int64_t count = 0;
  while (!printed.empty()) {
    std::string_view line = take_line(printed, "\n");
    while (line.starts_with(' ')) line.remove_prefix(1);
    const std::size_t paren = line.find(") ");
    if (paren == line.npos || number_of(line.substr(0, paren)) != ++count)
      return fail("the client printed '" + one_line(line) + "' where a list goes on");
    elements += single(line.substr(paren + 2));
  }
  return "*" + std::to_string(count) + "\r\n" + elements;
}

Result<Batch> batch_of(std::string_view text) {
  const auto wrong = [] { return fail("the library's commands are no RESP"); };
  Batch batch;
  if (text.empty()) return batch;
  if (!text.starts_with(':')) return wrong();
  const auto first = number_of(take_line(text, "\r\n").substr(1));
  if (!first) return wrong();
  batch.first = *first;
  while (!text.empty()) {
    if (!text.starts_with('*')) return wrong();
    const auto words = number_of(take_line(text, "\r\n").substr(1));
    std::vector<std::string>& command = batch.commands.emplace_back();
    for (int64_t i = 0; i < words.value_or(0); ++i) {
      if (!text.starts_with('$')) return wrong();
      const auto length = number_of(take_line(text, "\r\n").substr(1));
      if (!length || *length < 0 || static_cast<std::size_t>(*length) + 2 > text.size())
        return wrong();
      command.emplace_back(text.substr(0, static_cast<std::size_t>(*length)));
      text.remove_prefix(static_cast<std::size_t>(*length) + 2);
    }
    if (command.empty()) return wrong();
  }
  return batch;
}

Result<std::string> ServerClient::run(const std::vector<std::string>& command) const {
  std::vector<std::string> words = words_;
  words.emplace_back("--no-raw");
  words.insert(words.end(), command.begin(), command.end());
  const auto printed = output_of(words);
  if (!printed) {
    return fail(one_line(words_[0]) + (errno ? std::string(": ") + std::strerror(errno)
                                             : " had no answer from the server"));
  }
  return resp_of(*printed, command[0] == "INFO");
}

}  // namespace og::cli
