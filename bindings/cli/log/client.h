// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace og::cli {

/*
 * Whose request it was, from what stands before a line's time:
 *
 *   client ident user         or         host client ident user
 *
 * The client is an address or a name. Its port is not part of it, nor are the brackets of an IPv6
 * address. Of a list of forwarded addresses, "203.0.113.7, 10.0.0.1", the first is the client, the
 * others are proxies. The field may be quoted. A virtual host, with a port or without, is told from
 * a client by what follows: an address, or fields enough for both. An ident or a user's name that
 * is an address is taken for none, and "-" is no client.
 *
 * What could be read in two ways is not read: better a line that is told than one that counts for
 * somebody else.
 */
struct LineHead {
  std::string_view client;
  std::string_view host;  // the virtual host with its port, or ""
};

// nullptr and the head, or why there is no client.
const char* read_head(std::string_view text, LineHead& head);

// Of a field that is the client's alone.
const char* read_client(std::string_view field, std::string_view& client);

}  // namespace og::cli
