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

// nullptr and the client, or why there is none.
const char* read_client(std::string_view head, std::string_view& client);

}  // namespace og::cli
