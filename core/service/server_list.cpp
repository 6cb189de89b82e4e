// SPDX-License-Identifier: Apache-2.0
#include "core/service/server_list.h"

#include <charconv>

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"
#include "core/base/trimmed.h"

namespace og {
namespace {

tl::unexpected<Error> bad_server(std::string_view text, const char* wanted) {
  return fail(Status::kBadValue,
              "option 'servers' cannot hold '" + shown(text, 80) + "': " + wanted, "servers");
}

}  // namespace

Result<std::vector<ListedServer>> parse_servers(std::string_view text) {
  std::vector<ListedServer> servers;
  if (auto ok = check_text(text, "servers", Status::kBadValue); !ok)
    return tl::unexpected(ok.error());
  if (trimmed(text).empty()) return servers;
  for (bool more = true; more;) {
    size_t comma = text.find(',');
    std::string_view item = trimmed(text.substr(0, comma));
    more = comma != std::string_view::npos;
    if (more) text.remove_prefix(comma + 1);

    ListedServer server;
    size_t equals = item.rfind('=');
    server.name = trimmed(item.substr(0, equals));
    if (server.name.empty()) return bad_server(item, "use name=weight, separated by commas");
    if (equals != std::string_view::npos) {
      std::string_view weight = trimmed(item.substr(equals + 1));
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
