// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/request.h"

#include <algorithm>

namespace og::cli {

Method method_of(std::string_view word) {
  switch (word.size()) {
    case 3:
      if (word == "GET") return Method::kRead;
      if (word == "PUT") return Method::kWrite;
      break;
    case 4:
      if (word == "POST") return Method::kWrite;
      if (word == "HEAD") return Method::kHead;
      break;
    case 5:
      if (word == "PATCH") return Method::kWrite;
      break;
    case 6:
      if (word == "DELETE") return Method::kWrite;
      break;
    default:
      break;
  }
  return Method::kOther;
}

void split_request(std::string_view request, LogRecord& out) {
  const std::size_t space = request.find(' ');
  std::string_view url = space == request.npos ? std::string_view() : request.substr(space + 1);
  if (const std::size_t last = url.rfind(' ');
      last != url.npos && url.substr(last + 1).starts_with("HTTP/")) {
    url = url.substr(0, last);
  }
  if (url.empty() || url.starts_with("HTTP/")) {
    out.method = Method::kOther;
    out.url = request;
    return;
  }
  out.method = method_of(request.substr(0, space));
  out.url = url;
}

std::string_view HostedUrl::join(std::string_view host, std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::size_t end = std::min(url.find_first_of("/?", scheme.size()), url.size());
    host = url.substr(scheme.size(), end - scheme.size());
    url.remove_prefix(end);
    if (url.empty()) url = "/";
  }
  for (const std::string_view port : {":80", ":443"}) {
    if (host.ends_with(port)) host.remove_suffix(port.size());
  }
  if (host.empty() || host == "-" || host == "_" || !url.starts_with('/')) return url;
  joined_.assign(host);
  for (char& c : joined_) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  joined_ += url;
  return joined_;
}

}  // namespace og::cli
