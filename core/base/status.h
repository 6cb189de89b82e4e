// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace og {

// Numbers are pinned: they are the og_status values of capi/include/outgrow/base.h (checked there).
// Outcomes sit between 0 and -99; errors start at -100, with gaps for later kin.
enum class Status : int32_t {
  kOk = 0,
  kRefused = -1,  // a breaker is open, or out of half-open permits
  kNone = -2,     // nothing to choose: no healthy endpoint, no replica
  kDenied = -3,   // over the rate limit
  kMiss = -10,    // not in the cache
  kAbsent = -11,  // known not to exist
  kWait = -12,    // somebody else is loading it
  kLapsed = -13,  // the lease, permit or ticket no longer stands
  kStale = -14,   // past its time to live, and somebody else is loading it
  kFull = -20,    // a bounded buffer or table has no room; as many calls are in flight as may be
  kInvalidArgument = -100,
  kNullHandle = -101,
  kClosed = -102,
  kUnknownOption = -110,
  kBadValue = -111,
  kNoMemory = -120,
  kIo = -130,
  kStore = -131,
  kTimeout = -140,
  kInterrupted = -141,  // the program's check has ended a wait
  kUnsupported = -150,
  kInternal = -190,
};

struct Error {
  Status code = Status::kInternal;
  std::string message;  // one line, written to be read as a program's exception
  std::string option;   // the option at fault, or empty
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Status code, std::string message, std::string option = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(option)});
}

}  // namespace og
