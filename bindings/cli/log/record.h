// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace og::cli {

enum class Method : int8_t { kRead, kHead, kWrite, kOther };

// One request of an access log. The views stand until the next line is read.
struct LogRecord {
  std::string_view client;
  std::string_view url;      // behind its virtual host, where the log has one: "shop.example/cart"
  int64_t epoch_s = 0;       // UTC
  int64_t bytes = 0;         // of the response's body; "-" is 0
  int64_t duration_ns = -1;  // that the server took, as logged; -1 where the log does not say
  int32_t offset_s = 0;      // the log's own time zone, east of UTC
  int32_t status = 0;
  Method method = Method::kOther;
};

}  // namespace og::cli
