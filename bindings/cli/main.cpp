// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "bindings/cli/autoscale/autoscale_command.h"
#include "bindings/cli/capacity/capacity_command.h"
#include "bindings/cli/fleet/fleet_command.h"
#include "bindings/cli/given.h"
#include "bindings/cli/host_change.h"
#include "bindings/cli/host_command.h"
#include "bindings/cli/log/formats.h"
#include "bindings/cli/misspelt.h"
#include "bindings/cli/options_command.h"
#include "bindings/cli/replay_command.h"
#include "bindings/cli/rules/rules_command.h"

namespace {

constexpr int kUsage = 2;

constexpr char kReplayAbout[] =
    "Replays access logs through a rate limiter, a balancer, breakers, a cache over a store,\n"
    "and an autoscaler, and says what they would have done to that traffic.";
constexpr char kReplayFooter[] =
    "LOG is plain or packed by gzip or zstd; several are merged by time, and - is standard input.\n"
    "Without --config the defaults stand; `outgrow options replay` prints them as a "
    "configuration,\n"
    "with what each key means.\n"
    "\n"
    "Skipped, counted and told: lines of another format or of an unclear client, lines whose time\n"
    "is far from those around them, and what of packed data is cut off. outgrow(1) has the rules.\n"
    "\n"
    "Exit status: 0 done; 2 the arguments, the configuration or a log are no good.";

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Scaling patterns for services, tried on your own traffic.", "outgrow");
  app.set_version_flag("--version", std::string("outgrow ") + og_version());
  app.require_subcommand(1);

  og::cli::ReplayArguments replay;
  CLI::App* replay_command = app.add_subcommand("replay", kReplayAbout);
  replay_command->footer(kReplayFooter);
  replay_command->add_option("--config", replay.config, "TOML file with the nouns' options")
      ->type_name("FILE.toml")
      ->check(og::cli::given());
  CLI::Option* compare =
      replay_command
          ->add_option("--compare", replay.compare,
                       "A second TOML file: both side by side, and whom one of them alone denies")
          ->type_name("FILE.toml")
          ->check(og::cli::given());
  replay_command->add_option("--format", replay.format, "Of the summary: text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  CLI::Option* report =
      replay_command->add_option("--report", replay.report, "Writes an HTML report, one file")
          ->type_name("FILE.html")
          ->check(og::cli::given());
  CLI::Option* recommend = replay_command->add_flag(
      "--recommend", replay.recommend,
      "Prints autoscaler options instead: the cheapest by the log's first two thirds, scored on "
      "the rest");
  CLI::Option* overloaded = replay_command
                                ->add_option("--overloaded", replay.overloaded_minutes,
                                             "Of the log's minutes these may be, for --recommend")
                                ->type_name("MINUTES")
                                ->check(CLI::Range(0.0, 1e9));
  recommend->needs(overloaded)->excludes(compare)->excludes(report);
  overloaded->needs(recommend);
  replay_command
      ->add_option("--log-format", replay.log_format,
                   "Of the logs: auto (by their first lines), " + og::cli::log_format_words() +
                       ", or the text of an nginx log_format or an Apache LogFormat")
      ->type_name("FORMAT")
      ->check(og::cli::given())
      ->capture_default_str();
  replay_command
      ->add_option("--log-field", replay.log_fields,
                   "What the log calls a field, such as client=http_x_forwarded_for or "
                   "duration=took:ms")
      ->type_name("FIELD=NAME")
      ->expected(1)
      ->take_all();
  replay_command->add_option("--title", replay.title, "Of the report and the summary")
      ->type_name("TEXT");
  replay_command->add_flag("--strict", replay.strict,
                           "A line that would be skipped, or data cut off, is an error");
  replay_command->add_option("LOG", replay.logs, "Access logs")
      ->required()
      ->type_name("")
      ->check(og::cli::given());

  std::string noun;
  CLI::App* options_command =
      app.add_subcommand("options", "Prints the options of one noun, or of all, in TOML");
  options_command->add_option("NOUN", noun, "Such as limiter or cache; replay: all that it takes")
      ->type_name("");

  std::string segment, format = "text";
  CLI::App* host_command = app.add_subcommand(
      "host", "Segments of memory that the processes of this machine share (scope host)");
  host_command->require_subcommand(1);
  CLI::App* list_command = host_command->add_subcommand("list", "Those in shared memory");
  CLI::App* show_command =
      host_command->add_subcommand("show", "Processes, objects, and what these count");
  CLI::App* remove_command = host_command->add_subcommand(
      "remove", "Removes the name; who is attached keeps what there is");
  for (CLI::App* command : {list_command, show_command}) {
    command->add_option("--format", format, "text or json")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
  }
  bool verify = false;
  show_command->add_flag("--verify", verify, "What does not hold together is an error");
  for (CLI::App* command : {show_command, remove_command}) {
    command->add_option("NAME", segment, "/name of shared memory, or the path of a file")
        ->required()
        ->type_name("")
        ->check(og::cli::given());
  }

  std::string object, kind;
  std::vector<std::string> changes;
  CLI::App* set_command = host_command->add_subcommand(
      "set", "Gives an object other options while it is in use, for all who share it");
  CLI::App* open_command =
      host_command->add_subcommand("force-open", "A breaker refuses every call until it is reset");
  CLI::App* closed_command = host_command->add_subcommand(
      "force-closed", "A breaker lets every call pass until it is reset");
  CLI::App* reset_command = host_command->add_subcommand(
      "reset", "Closes a breaker, whatever its state, and forgets its failures");
  CLI::App* forget_command = host_command->add_subcommand(
      "forget", "Takes an object down that no process uses; who asks for it next makes it anew");
  for (CLI::App* command :
       {set_command, open_command, closed_command, reset_command, forget_command}) {
    command->add_option("SCOPE", segment, "/name of shared memory, or the path of a file")
        ->required()
        ->type_name("")
        ->check(og::cli::given());
    command->add_option("NAME", object, "The object's, as `outgrow host show` lists it")
        ->required()
        ->type_name("")
        ->check(og::cli::given());
  }
  set_command
      ->add_option("OPTION", changes, "option=value, such as rate=200/s; others stay as they are")
      ->required()
      ->type_name("")
      ->check(og::cli::given());
  for (CLI::App* command : {set_command, forget_command}) {
    command->add_option("--kind", kind, "Its noun, such as limiter, where several have the name")
        ->type_name("NOUN");
  }

  const og::cli::AutoscaleCommand autoscale_command(app);
  const og::cli::CapacityCommand capacity_command(app);
  const og::cli::RulesCommand rules_command(app);
  og::cli::FleetCommand fleet_command(app);
  CLI::App* version_command = app.add_subcommand("version", "Prints the version");

  argc = og::cli::FleetCommand::take_mark_out(argc, argv);
  og::cli::Result<void> done;
  try {
    app.parse(argc, argv);
    if (replay_command->parsed()) {
      done = og::cli::run_replay(replay);
    } else if (options_command->parsed()) {
      done = og::cli::print_options(noun);
    } else if (list_command->parsed()) {
      done = og::cli::list_segments(format == "json");
    } else if (show_command->parsed()) {
      done = og::cli::show_segment(segment, format == "json", verify);
    } else if (remove_command->parsed()) {
      done = og::cli::remove_segment(segment);
    } else if (set_command->parsed()) {
      done = og::cli::set_options(segment, object, kind, changes);
    } else if (forget_command->parsed()) {
      done = og::cli::forget_object(segment, object, kind);
    } else if (open_command->parsed()) {
      done = og::cli::force_breaker(segment, object, og::cli::Force::kOpen);
    } else if (closed_command->parsed()) {
      done = og::cli::force_breaker(segment, object, og::cli::Force::kClosed);
    } else if (reset_command->parsed()) {
      done = og::cli::force_breaker(segment, object, og::cli::Force::kReset);
    } else if (autoscale_command.is_parsed()) {
      done = autoscale_command.run();
    } else if (capacity_command.is_parsed()) {
      done = capacity_command.run();
    } else if (rules_command.is_parsed()) {
      done = rules_command.run();
    } else if (fleet_command.is_parsed()) {
      done = fleet_command.run();
    } else if (version_command->parsed()) {
      std::cout << "outgrow " << og_version() << "\n";
    }
  } catch (const CLI::ParseError& error) {
    if (argc == 1) {
      std::cerr << app.help();
      return kUsage;
    }
    if (error.get_exit_code() == 0) {
      app.exit(error);  // --help, --version
    } else {
      std::string wrong = og::cli::misspelt_argument(app, argc, argv);
      if (wrong.empty()) wrong = error.what();
      done = og::cli::fail(wrong + "; see outgrow --help");
    }
  }
  if (done && !std::cout.flush()) done = og::cli::fail("cannot write standard output");
  if (!done) {
    std::cerr << "outgrow: " << og::cli::one_line(done.error().text) << "\n";
    return kUsage;
  }
  return 0;
}
