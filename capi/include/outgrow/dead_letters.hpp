// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/cached_store.h>

#include <cstdint>
#include <outgrow/batch.hpp>
#include <string>

namespace outgrow {

// A write that a cached store gave up. What it views is the list's.
struct DeadLetter {
  Write write;
  Status reason;  // the last error's
  std::int64_t attempts;
  std::string_view message;
};

// A copy of a cached store's dead letters, the oldest first.
class DeadLetters : public detail::Handle<og_dead_letters, og_dead_letters_destroy>,
                    public detail::List<DeadLetters> {
 public:
  using Handle::Handle;

  std::int64_t size() const {
    return detail::checked(og_dead_letters_count(handle()), "og_dead_letters_count");
  }
  DeadLetter operator[](std::int64_t index) const {
    const void *key = nullptr, *value = nullptr;
    const char* message = "";
    std::int64_t key_size = 0, value_size = 0, attempts = 0;
    Status found =
        detail::outcome(og_dead_letters_at(handle(), index, &key, &key_size, &value, &value_size),
                        "og_dead_letters_at");
    auto reason = static_cast<Status>(og_dead_letters_reason(handle(), index, &attempts, &message));
    Write write{detail::bytes(key, key_size).view(), std::nullopt};
    if (found == Status::ok) write.value = detail::bytes(value, value_size).view();
    return {write, reason, attempts, message};
  }
};

}  // namespace outgrow
