// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "bindings/cli/log/record.h"

namespace og::cli {

Method method_of(std::string_view word);

// "GET /url HTTP/1.0". The URL may hold spaces, and HTTP/0.9 has no version. A request that is not
// "METHOD URL ..." stands for the URL as it is.
void split_request(std::string_view request, LogRecord& out);

/*
 * A URL behind its virtual host: /cart of two hosts are two documents. The host is in lower case,
 * without the ports of HTTP and HTTPS; no host ("", "-", or nginx's "_") leaves the URL as it is,
 * and so does a URL that is no path. "http://shop.example:80/cart" is "shop.example/cart".
 */
class HostedUrl {
 public:
  // Stands until the next call, and as long as both texts.
  std::string_view join(std::string_view host, std::string_view url);

 private:
  std::string joined_;
};

}  // namespace og::cli
