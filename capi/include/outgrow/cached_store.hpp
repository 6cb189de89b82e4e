// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <outgrow/cached_store_calls.hpp>
#include <string_view>
#include <utility>

namespace outgrow {

// A cache and a store as one: cache-aside, write-through or write-behind. cached_store.h has the
// rules. Safe from every thread. Failures of the store are Errors.
class CachedStore : public detail::CachedStoreCalls {
 public:
  // Writes taken to be written in the program's own way. Destroyed undone it counts as failed.
  class TakenBatch : public detail::Handle<og_batch, og_batch_destroy> {
   public:
    TakenBatch() noexcept : Handle(nullptr) {}
    TakenBatch(og_cached_store* store, og_batch* batch) noexcept : Handle(batch), store_(store) {}

    BatchView writes() const noexcept { return BatchView(handle()); }
    // Status::ok when all of it was stored, else why not: each write is then tried again by itself.
    void done(Status result) {
      finish([&](og_batch** batch) {
        return og_cached_store_batch_done(store_, batch, static_cast<og_status>(result));
      });
    }
    void done_at(Status result, Time now) {
      finish([&](og_batch** batch) {
        return og_cached_store_batch_done_at(store_, batch, static_cast<og_status>(result),
                                             detail::ns(now));
      });
    }

   private:
    template <class Done>
    void finish(Done&& call) {
      og_batch* batch = release();
      og_status status = call(&batch);
      static_cast<Handle&>(*this) = Handle(batch);  // which stays when it was refused
      detail::checked(status, "og_cached_store_batch_done");
    }

    og_cached_store* store_ = nullptr;
  };

  using CachedStoreCalls::CachedStoreCalls;

  // What is due, for the program to write; false when nothing is. It must not outlive the cached
  // store.
  [[nodiscard]] TakenBatch take_batch() {
    og_batch* batch = nullptr;
    detail::call(og_cached_store_take_batch, handle(), &batch);
    return TakenBatch(handle(), batch);
  }
  [[nodiscard]] TakenBatch take_batch_at(Time now) {
    og_batch* batch = nullptr;
    detail::call(og_cached_store_take_batch_at, handle(), detail::ns(now), &batch);
    return TakenBatch(handle(), batch);
  }

  // `flush` in parts, for who looks after something else in between: the number to wait for with
  // `await_flush`. closing: writes are refused from now on, and close is to follow.
  std::int64_t begin_flush(bool closing = false) {
    return detail::checked(og_cached_store_begin_flush(handle(), closing),
                           "og_cached_store_begin_flush");
  }

  // Refuses writes from now on and flushes, for drain_ms unless told: how many did not reach the
  // store. Gets go on. Destroying closes, and says nothing.
  std::int64_t close(Duration timeout = Duration(OG_CACHED_STORE_DRAIN)) {
    return detail::checked(og_cached_store_close(handle(), timeout.count()),
                           "og_cached_store_close");
  }
};

}  // namespace outgrow
