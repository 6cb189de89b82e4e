// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/fleet/fleet_command.h"

#include <outgrow.h>

#include <algorithm>
#include <iostream>
#include <string_view>
#include <vector>

#include "bindings/cli/fleet/fleet_status.h"
#include "bindings/cli/fleet/fleet_verify.h"
#include "bindings/cli/fleet/temporary_fleet.h"
#include "bindings/cli/given.h"

namespace og::cli {
namespace {

constexpr char kVerifyFooter[] =
    "CLIENT is redis-cli or valkey-cli with the options that reach the server, or a command that\n"
    "ends in it, such as docker exec NAME redis-cli; -- may stand before it. It is run once for\n"
    "each command of a fleet's, on keys of its own, and what it says of connections is shown as\n"
    "it is.\n"
    "\n"
    "Exit status: 0 a fleet works on that server; 2 it does not, or the arguments are no good.";

Result<void> print_acl(const std::string& fleet, const std::string& user) {
  constexpr int64_t kAny = 1000;
  const auto joined = TemporaryFleet::create(fleet, kAny);
  if (!joined) return tl::unexpected(joined.error());
  og_text* made = nullptr;
  og_error* error = nullptr;
  if (og_fleet_acl(joined->fleet.get(), user.c_str(), &made, &error) != OG_OK)
    return tl::unexpected(failure_of(error));
  const TextHandle text(made);
  std::cout << og_text_data(made) << "\n";
  return {};
}

}  // namespace

FleetCommand::FleetCommand(CLI::App& app)
    : command_(app.add_subcommand(
          "fleet", "Limits that machines share over a Redis or Valkey server (scope fleet)")),
      status_(command_->add_subcommand("status", "How this machine's part of its fleets is")),
      acl_(command_->add_subcommand(
          "acl", "Prints the command that gives a user of the server what a fleet needs")),
      verify_(command_->add_subcommand(
          "verify",
          "Tries whether a fleet works on a server: outgrow fleet verify FLEET CLIENT...")) {
  command_->require_subcommand(1);
  status_->add_option("SCOPE", segment_, "The machine's: /name of shared memory, or a file's path")
      ->required()
      ->type_name("")
      ->check(given());
  status_->add_option("FLEET", fleet_, "Of several in that scope, this one")->type_name("");
  status_->add_option("--format", format_, "text or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  for (CLI::App* each : {acl_, verify_}) {
    each->add_option("FLEET", fleet_, "Its name")->required()->type_name("")->check(given());
  }
  acl_->add_option("--user", user_, "The user's name on the server")
      ->type_name("NAME")
      ->check(given())
      ->capture_default_str();
  // What follows is not read here: its options are the client's.
  verify_->prefix_command()->footer(kVerifyFooter);
  verify_->set_help_flag("--help", "Print this help message and exit");  // -h is the client's
}

int FleetCommand::take_mark_out(int argc, char** argv) {
  constexpr int kMark = 4;  // outgrow fleet verify FLEET -- CLIENT
  const auto is = [&](int at, std::string_view word) { return argv[at] == word; };
  if (argc <= kMark || !is(1, "fleet") || !is(2, "verify") || is(3, "--") || !is(kMark, "--"))
    return argc;
  std::move(argv + kMark + 1, argv + argc + 1, argv + kMark);  // with the null behind them
  return argc - 1;
}

Result<void> FleetCommand::run() const {
  if (status_->parsed()) return show_fleets(segment_, fleet_, format_ == "json");
  if (acl_->parsed()) return print_acl(fleet_, user_);
  std::vector<std::string> client = verify_->remaining();
  if (!client.empty() && client[0] == "--") client.erase(client.begin());  // it stood before FLEET
  if (client.empty() || client[0].starts_with('-')) {
    return fail(
        (client.empty() ? "a client is required" : "'" + one_line(client[0]) + "' is no client") +
        std::string(", such as redis-cli -h redis.internal; see outgrow fleet verify --help"));
  }
  return verify_server(fleet_, client);
}

}  // namespace og::cli
