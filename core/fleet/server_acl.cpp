// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/server_acl.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "core/base/shown_text.h"
#include "core/fleet/bucket_scripts.h"
#include "core/fleet/endpoint_scripts.h"
#include "core/fleet/endpoint_vote_scripts.h"
#include "core/fleet/fleet_names.h"
#include "core/fleet/member_scripts.h"
#include "core/fleet/slot_scripts.h"
#include "core/fleet/vote_scripts.h"

namespace og {
namespace {

constexpr size_t kLongestUser = 64;

// What a script calls: redis.call('NAME', ...).
void add_commands(std::string_view text, std::set<std::string>& commands) {
  constexpr std::string_view kCall = "redis.call('";
  for (size_t at = 0; (at = text.find(kCall, at)) != std::string_view::npos;) {
    at += kCall.size();
    std::string name(text.substr(at, text.find('\'', at) - at));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    commands.insert(std::move(name));
  }
}

}  // namespace

Result<std::string> fleet_acl(std::string_view fleet, std::string_view user) {
  const auto is_plain = [](char letter) { return letter > ' ' && letter < 0x7f; };
  if (user.empty() || user.size() > kLongestUser ||
      !std::all_of(user.begin(), user.end(), is_plain)) {
    return fail(Status::kInvalidArgument,
                "a user's name has 1 to " + std::to_string(kLongestUser) +
                    " printable characters without blanks, not '" + shown(user, 80) + "'",
                "user");
  }
  // A client's own, to look whether a connection stands and to choose a database.
  std::set<std::string> commands = {"info", "eval", "evalsha", "ping", "select"};
  for (const FleetScript* script : {&kTakeScript, &kSpentScript, &kBeatScript, &kSlotsScript,
                                    &kVotesScript, &kEndpointsScript, &kEndpointVotesScript})
    add_commands(script->text, commands);
  std::string line = "ACL SETUSER " + std::string(user) +
                     " reset on >PASSWORD ~outgrow:" + std::string(fleet) + ":*";
  for (const std::string& command : commands) line += " +" + command;
  return line;
}

}  // namespace og
