// SPDX-License-Identifier: Apache-2.0
#include "capi/src/custom_store.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "capi/src/batch.h"
#include "capi/src/guard.h"
#include "core/cache/store_call.h"

struct og_store_reply {
  std::optional<std::string> value;
  std::string message;
};

namespace og::capi {
namespace {

constexpr size_t kRequiredSize = offsetof(og_store_functions, remove) + sizeof(void*);

Error error_of(og_status status, og_store_reply& reply) {
  // Only errors pass: a program that says OG_MISS for a failed write has not written.
  bool known = status <= OG_INVALID_ARGUMENT && status >= OG_INTERNAL;
  std::string message =
      reply.message.empty() ? og_status_text(known ? status : OG_STORE) : std::move(reply.message);
  return Error{
      known ? static_cast<Status>(status) : Status::kStore, "the program's store: " + message, {}};
}

int64_t length(std::string_view bytes) { return static_cast<int64_t>(bytes.size()); }

}  // namespace

Result<std::unique_ptr<Store>> CustomStore::create(const og_store_functions& given,
                                                   ClockPtr clock) {
  // As Linux's copy_struct_from_user: an older caller's table is shorter, a newer one's is longer
  // and must not use what this library does not know.
  int64_t size = given.size;
  if (size < static_cast<int64_t>(kRequiredSize) || size > 65536) {
    return fail(Status::kInvalidArgument, "functions->size is not sizeof(og_store_functions)");
  }
  const char* bytes = reinterpret_cast<const char*>(&given);
  for (size_t i = sizeof given; i < static_cast<size_t>(size); ++i) {
    if (bytes[i] != 0) {
      return fail(Status::kUnsupported, "the table of functions is of a newer outgrow than this");
    }
  }
  og_store_functions functions{};
  std::memcpy(&functions, bytes, std::min(static_cast<size_t>(size), sizeof functions));
  if (!functions.get || !functions.set || !functions.remove) {
    return fail(Status::kInvalidArgument, "get, set and remove must not be NULL");
  }
  return std::unique_ptr<Store>(new CustomStore(functions, std::move(clock)));
}

CustomStore::~CustomStore() {
  if (functions_.release) functions_.release(functions_.context);
}

// Recorded, so that a function that never returns leaves nothing held.
template <class F>
og_status CustomStore::in_program(F&& f) {
  StoreCall call(this, StoreCall::What::kProgram);
  return f();
}

Result<std::optional<std::string>> CustomStore::do_get(std::string_view key) {
  og_store_reply reply;
  og_status status = in_program(
      [&] { return functions_.get(functions_.context, key.data(), length(key), &reply); });
  if (status == OG_ABSENT) return std::nullopt;
  if (status != OG_OK) return tl::unexpected(error_of(status, reply));
  if (!reply.value) {
    return fail(Status::kStore, "the program's store: get returned OG_OK without a value");
  }
  return std::move(reply.value);
}

Result<void> CustomStore::write_one(const StoreWrite& write) {
  og_store_reply reply;
  og_status status = in_program([&] {
    return write.value
               ? functions_.set(functions_.context, write.key.data(), length(write.key),
                                write.value->data(), length(*write.value), &reply)
               : functions_.remove(functions_.context, write.key.data(), length(write.key), &reply);
  });
  if (status != OG_OK) return tl::unexpected(error_of(status, reply));
  return {};
}

Result<void> CustomStore::do_write(std::span<const StoreWrite> batch) {
  if (batch.size() > 1 && functions_.batch_write) {
    og_batch view;
    view.writes.assign(batch.begin(), batch.end());
    og_store_reply reply;
    og_status status =
        in_program([&] { return functions_.batch_write(functions_.context, &view, &reply); });
    if (status != OG_OK) return tl::unexpected(error_of(status, reply));
    return {};
  }
  for (const StoreWrite& write : batch) {
    if (auto done = write_one(write); !done) return done;
  }
  return {};
}

}  // namespace og::capi

using namespace og::capi;

og_status og_store_reply_value(og_store_reply* reply, const void* value, int64_t value_len) {
  return call<og_status>(reply, [&](og_store_reply& r) {
    if (!valid(value, value_len)) return OG_INVALID_ARGUMENT;
    r.value.emplace(bytes(value, value_len));
    return OG_OK;
  });
}

og_status og_store_reply_abandon(og_store_reply* reply) {
  return call<og_status>(reply, [](og_store_reply&) { return og::StoreCall::abandon(), OG_OK; });
}

og_status og_store_reply_error(og_store_reply* reply, const char* message) {
  return call<og_status>(reply, [&](og_store_reply& r) {
    if (!message) return OG_INVALID_ARGUMENT;
    r.message = message;
    return OG_OK;
  });
}
