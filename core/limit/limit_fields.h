// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/quantity.h"
#include "core/limit/verdict.h"

namespace og {

// Which fields of HTTP tell of a rate limit.
enum class FieldsForm {
  kDraft10,  // RateLimit, RateLimit-Policy: lists of Strings (draft-ietf-httpapi-ratelimit-headers)
  kDraft7,   // the same names, one a dictionary, the other a list of Integers
  kDraft6,   // RateLimit-Limit, -Remaining, -Reset, -Policy
  kXRatelimit  // X-RateLimit-Limit, -Remaining, -Reset, in seconds from now
};

// One rate, as it stands for a key.
struct ToldRate {
  std::string policy;  // its name, which a field's String can carry
  Rate rate;
  int64_t burst = 0;
  Standing standing;
};

// What is told of a limit.
struct ToldLimit {
  std::span<const ToldRate> rates;  // at least one
  std::string_view unit;            // of its quota; "" for requests
  std::string_view partition;       // its key; "" for none
  int64_t wait_ns = 0;              // of a request that was denied; 0: it passed
};

// The fields as lines of HTTP/1.1, "name: value" and CR LF each; of a denial that ends, Retry-After
// among them. Of several rates draft 10 has a list; older forms tell where the key stands by the
// one of which it has the least left, and list the policies alone.
//
// Times are whole seconds, rounded up. Retry-After is 1 or more, and no earlier than the t of a
// RateLimit of which nothing is left. HTTP knows no window under a second: a rate of a period that
// is no whole seconds is told of the next longer window that is, by its count at that rate, rounded
// down.
std::string limit_fields(FieldsForm form, const ToldLimit& told);

}  // namespace og
