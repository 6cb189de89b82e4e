// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace og::cli {

// A command line for sh, and what it has in its environment beside ours.
struct ShellCommand {
  std::string line;
  std::vector<std::string> environment = {};  // NAME=value
};

// How it ended. What it writes to standard error is written to ours.
struct ShellAnswer {
  std::string output;  // of standard output, the first 64 KiB
  std::string failed;  // why it is no answer: "exit status 3", "no answer within 10 s"; or ""
};

/*
 * Runs them all at once, each by /bin/sh in a process group of its own, with no standard input.
 * Those that have not ended after `timeout` are killed, with all that they began. Answers are in
 * the commands' order.
 */
std::vector<ShellAnswer> run_all(const std::vector<ShellCommand>& commands,
                                 std::chrono::milliseconds timeout);

}  // namespace og::cli
