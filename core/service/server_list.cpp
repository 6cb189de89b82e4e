// SPDX-License-Identifier: Apache-2.0
#include "core/service/server_list.h"

#include <charconv>

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"

namespace og {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

tl::unexpected<Error> bad_server(std::string_view text, const char* wanted) {
  return fail(Status::kBadValue,
              "option 'servers' cannot hold '" + shown(text, 80) + "': " + wanted, "servers");
}

}  // namespace

Result<std::vector<ListedServer>> parse_servers(std::string_view text) {
  std::vector<ListedServer> servers;
  if (auto ok = check_text(text, "servers", Status::kBadValue); !ok)
    return tl::unexpected(ok.error());
  if (trim(text).empty()) return servers;
  for (bool more = true; more;) {
    size_t comma = text.find(',');
    std::string_view item = trim(text.substr(0, comma));
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);

    ListedServer server;
    size_t equals = item.rfind('=');
    server.name = trim(item.substr(0, equals));
    if (server.name.empty()) return bad_server(item, "use name=weight, separated by commas");
    if (equals != std::string_view::npos) {
      std::string_view weight = trim(item.substr(equals + 1));
      auto [end, error] =
          std::from_chars(weight.data(), weight.data() + weight.size(), server.weight);
      if (error != std::errc() || end != weight.data() + weight.size()) {
        return bad_server(item, "its weight is no whole number");
      }
    }
    servers.push_back(std::move(server));
  }
  return servers;
}

}  // namespace og
