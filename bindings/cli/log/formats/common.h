// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "bindings/cli/log/line_format.h"
#include "bindings/cli/log/request.h"
#include "bindings/cli/log/time_text.h"

namespace og::cli {

/*
 * Reads one line of Common or Combined Log Format:
 *
 *   client ident user [01/Aug/1995:02:00:00 -0400] "GET /url HTTP/1.0" 200 1713 "referer" "agent"
 *
 * What follows the size is not looked at, so servers that append fields of their own are read too.
 * Which field is the client, and what may stand before it, is client.h's. A virtual host there is
 * part of the URL. Traefik ends its lines with the duration, "12ms", which is read.
 * The request's closing quote is the first one that is not escaped and has a status after it:
 * Apache and nginx escape quotes, older servers did not. A request that is not "METHOD URL ..."
 * (a TLS hello on the plain port, "-" after a timeout) is still one that the server answered; its
 * whole text stands for the URL.
 *
 * One pass, memchr for the delimiters, no allocation.
 */
class CommonFormat : public LineFormat {
 private:
  const char* read(std::string_view line, LogRecord& out) override;

  TimeText time_;
  HostedUrl url_;
};

}  // namespace og::cli
