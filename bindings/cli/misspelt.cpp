// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/misspelt.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "bindings/cli/nearest.h"

namespace og::cli {
namespace {

using Commands = std::vector<const CLI::App*>;

Commands commands_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App* find_command(const CLI::App& command, const std::string& name) {
  for (const CLI::App* one : commands_of(command)) {
    if (one->get_name() == name) return one;
  }
  return nullptr;
}

const CLI::Option* find_option(const CLI::App& command, const std::string& word) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->check_name(word)) return option;
  }
  return nullptr;
}

// " (did you mean '--report'?)"; or where an option stands that is another command's.
std::string about_option(const CLI::App& app, const CLI::App& command, const std::string& word) {
  if (&command != &app && find_option(app, word) != nullptr) return " (it is outgrow's own)";
  for (const CLI::App* one : commands_of(command)) {
    if (find_option(*one, word) != nullptr) {
      return " (it stands behind '" + one->get_name() + "', whose it is)";
    }
  }
  if (!word.starts_with("--") || word.size() < 4) return {};
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return did_you_mean(word, {names.begin(), names.end()});
}

std::string about_command(const CLI::App& command, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* one : commands_of(command)) names.push_back(one->get_name());
  return did_you_mean(word, {names.begin(), names.end()});
}

}  // namespace

std::string misspelt_argument(const CLI::App& app, int argc, char** argv) {
  const CLI::App* command = &app;
  std::string path;  // " host show"
  for (int i = 1; i < argc; ++i) {
    const std::string given = argv[i];
    if (given == "--") break;
    if (given.size() > 1 && given[0] == '-') {
      const std::string word = given.substr(0, given.find('='));
      const CLI::Option* const option = find_option(*command, word);
      if (option == nullptr) {
        return "no option '" + printable(word) + "'" + (path.empty() ? "" : " of" + path) +
               about_option(app, *command, word);
      }
      const bool value_next = option->get_expected_min() > 0 && word.size() == given.size();
      if (value_next) ++i;
    } else if (const CLI::App* const next = find_command(*command, given)) {
      command = next;
      path += " " + given;
    } else if (!commands_of(*command).empty()) {
      return "no command '" + (path + " " + printable(given)).substr(1) + "'" +
             about_command(*command, given);
    }
  }
  return {};
}

}  // namespace og::cli
