// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/store.h>

#include <cstdint>
#include <optional>
#include <outgrow/bytes.hpp>
#include <outgrow/handle.hpp>
#include <outgrow/list.hpp>
#include <string_view>

namespace outgrow {

// One write of a batch. What it views is the batch's.
struct Write {
  std::string_view key;
  std::optional<std::string_view> value;  // nothing: the key is deleted
};

// The writes of somebody's batch, in their order.
class BatchView : public detail::List<BatchView> {
 public:
  explicit BatchView(const og_batch* batch) noexcept : batch_(batch) {}

  const og_batch* get() const noexcept { return batch_; }
  std::int64_t size() const { return detail::checked(og_batch_size(batch_), "og_batch_size"); }
  Write operator[](std::int64_t index) const {
    const void *key = nullptr, *value = nullptr;
    std::int64_t key_size = 0, value_size = 0;
    Status status = detail::outcome(
        og_batch_at(batch_, index, &key, &key_size, &value, &value_size), "og_batch_at");
    Write write{detail::bytes(key, key_size).view(), std::nullopt};
    if (status == Status::ok) write.value = detail::bytes(value, value_size).view();
    return write;
  }

 private:
  const og_batch* batch_;
};

// Writes that go together, in order. To be used by one thread at a time.
class Batch : public detail::Handle<og_batch, og_batch_destroy> {
 public:
  using Handle::Handle;
  Batch() : Handle(detail::make<og_batch>(og_batch_create)) {}

  // The bytes are copied.
  Batch& set(Bytes key, Bytes value) {
    detail::checked(og_batch_set(handle(), key.data(), key.size(), value.data(), value.size()),
                    "og_batch_set");
    return *this;
  }
  Batch& remove(Bytes key) {
    detail::checked(og_batch_delete(handle(), key.data(), key.size()), "og_batch_delete");
    return *this;
  }

  // Good until the batch is changed or destroyed.
  BatchView writes() const noexcept { return BatchView(handle()); }
};

}  // namespace outgrow
