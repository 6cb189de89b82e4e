// SPDX-License-Identifier: Apache-2.0
#include "outgrow/base.h"

#include "capi/src/guard.h"
#include "core/base/patience.h"
#include "core/base/wait_around.h"

namespace og::capi {

#define OG_SAME(name, constant) static_assert(static_cast<int32_t>(Status::name) == constant)
OG_SAME(kOk, OG_OK);
OG_SAME(kRefused, OG_REFUSED);
OG_SAME(kNone, OG_NONE);
OG_SAME(kDenied, OG_DENIED);
OG_SAME(kMiss, OG_MISS);
OG_SAME(kAbsent, OG_ABSENT);
OG_SAME(kWait, OG_WAIT);
OG_SAME(kLapsed, OG_LAPSED);
OG_SAME(kStale, OG_STALE);
OG_SAME(kFull, OG_FULL);
OG_SAME(kInvalidArgument, OG_INVALID_ARGUMENT);
OG_SAME(kNullHandle, OG_NULL_HANDLE);
OG_SAME(kClosed, OG_CLOSED);
OG_SAME(kUnknownOption, OG_UNKNOWN_OPTION);
OG_SAME(kBadValue, OG_BAD_VALUE);
OG_SAME(kNoMemory, OG_NO_MEMORY);
OG_SAME(kIo, OG_IO);
OG_SAME(kStore, OG_STORE);
OG_SAME(kTimeout, OG_TIMEOUT);
OG_SAME(kInterrupted, OG_INTERRUPTED);
OG_SAME(kUnsupported, OG_UNSUPPORTED);
OG_SAME(kInternal, OG_INTERNAL);
#undef OG_SAME

og_status report(og_error** out, const Error& error) noexcept {
  if (out) {
    try {
      *out = new og_error{error};
    } catch (...) {
      *out = nullptr;
    }
  }
  return code(error.code);
}

og_status report(og_error** out, Status status, const char* message) noexcept {
  if (out) {
    try {
      *out = new og_error{Error{status, message, {}}};
    } catch (...) {
      *out = nullptr;
    }
  }
  return code(status);
}

og_status report_exception(og_error** out) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return report(out, Status::kNoMemory, "out of memory");
  } catch (const std::exception& e) {
    return report(out, Status::kInternal, e.what());
  } catch (...) {
    return report(out, Status::kInternal, "unknown exception");
  }
}

}  // namespace og::capi

const char* og_version(void) { return OG_VERSION; }

const char* og_status_text(og_status status) {
  switch (status) {
    case OG_OK:
      return "ok";
    case OG_REFUSED:
      return "refused";
    case OG_NONE:
      return "nothing to choose";
    case OG_DENIED:
      return "denied";
    case OG_MISS:
      return "miss";
    case OG_ABSENT:
      return "absent";
    case OG_WAIT:
      return "wait";
    case OG_LAPSED:
      return "lapsed";
    case OG_STALE:
      return "stale";
    case OG_FULL:
      return "full";
    case OG_INVALID_ARGUMENT:
      return "invalid argument";
    case OG_NULL_HANDLE:
      return "null handle";
    case OG_CLOSED:
      return "closed";
    case OG_UNKNOWN_OPTION:
      return "unknown option";
    case OG_BAD_VALUE:
      return "bad value";
    case OG_NO_MEMORY:
      return "out of memory";
    case OG_IO:
      return "input or output failed";
    case OG_STORE:
      return "store failed";
    case OG_TIMEOUT:
      return "timed out";
    case OG_INTERRUPTED:
      return "interrupted";
    case OG_UNSUPPORTED:
      return "not in this build";
    case OG_INTERNAL:
      return "internal error";
    default:
      return "unknown status";
  }
}

og_status og_error_code(const og_error* error) {
  return error ? og::capi::code(error->error.code) : OG_OK;
}
const char* og_error_message(const og_error* error) {
  return error ? error->error.message.c_str() : "";
}
const char* og_error_option(const og_error* error) {
  return error ? error->error.option.c_str() : "";
}
void og_error_destroy(og_error** error) { og::capi::destroy(error); }

void og_wait_around(og_wait_begin begin, og_wait_end end) { og::WaitAround::set(begin, end); }
void og_wait_check(og_check check, void* context) { og::Patience::set_check(check, context); }

const char* og_text_data(const og_text* text) { return text ? text->text.c_str() : ""; }
int64_t og_text_size(const og_text* text) {
  return text ? static_cast<int64_t>(text->text.size()) : 0;
}
void og_text_destroy(og_text** text) { og::capi::destroy(text); }
