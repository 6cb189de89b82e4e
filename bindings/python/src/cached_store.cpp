// SPDX-License-Identifier: Apache-2.0
// The write-behind half of a CachedStore: writing the buffer out, and what could not be written.
#include "cached_store.h"

#include <algorithm>
#include <chrono>

#include "batch.h"
#include "class_members.h"
#include "store.h"

namespace outgrow::python {
namespace cached_store_members {

namespace {

// Writes the buffer out for up to so long, in slices: Python's handlers of signals run in between,
// and what they raise ends it.
int64_t written_out(CachedStore &self, int64_t timeout_ns, bool closing, const char *method) {
  constexpr int64_t kSliceNs = 50'000'000;
  using Clock = std::chrono::steady_clock;
  StoreCall call;
  int64_t flush = 0, left = 0, spent = 0;
  {
    Unlocked store(self);
    flush = og_cached_store_begin_flush(store.handle, closing);
  }
  call(flush, method);
  auto begun = Clock::now();
  for (;;) {
    int64_t slice = std::min(kSliceNs, timeout_ns - spent);
    auto before = Clock::now();
    {
      Unlocked store(self);
      left = og_cached_store_await_flush(store.handle, flush, slice);
    }
    call(left, method);
    auto now = Clock::now();
    spent = std::chrono::nanoseconds(now - begun).count();
    if (left == 0 || spent >= timeout_ns) return left;
    if (std::chrono::nanoseconds(now - before).count() < slice)
      return left;  // has tried what it can
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (self.closed()) return left;  // by another thread, or the handler
  }
}

// How many of them were given up, which are all that are left.
int64_t end_writes(CachedStore &self, const char *method) {
  StoreCall call;
  int64_t lost = 0;
  {
    Unlocked store(self);
    lost = og_cached_store_close(store.handle, 0);
  }
  return call(lost, method);
}

}  // namespace

// How many writes are not in the store, after up to so long.
PyObject *flush(CachedStore &self, const Arguments<1> &given) {
  return integer(written_out(self, given.duration(0, OG_NEVER), false, given.method()));
}

PyObject *drain(CachedStore &self, const Arguments<1> &given) {
  written_out(self, given.duration(0, OG_NEVER), true, given.method());
  return integer(end_writes(self, given.method()));
}

PyObject *batch_done(CachedStore &self, const Arguments<3> &given) {
  auto &batch = given_noun<Batch>(given[0], "batch");
  int32_t result = given.index(1, OG_OK);
  auto now = given.time(2);
  og_batch *handle = batch.get();
  og_status status = now ? og_cached_store_batch_done_at(self.get(), &handle, result, *now)
                         : og_cached_store_batch_done(self.get(), &handle, result);
  if (handle == nullptr) batch.forget();
  return done(status, given);
}

}  // namespace cached_store_members

namespace batch_members {

PyObject *special_iter(Batch &self, const Arguments<0> &) {
  return PyObject_GetIter(writes_of(self.get()).ptr());
}

}  // namespace batch_members

// The library flushes when it lets the store go. Under a call of another thread, or with a registry
// that shows it, that is later than now.
void CachedStore::close_and_tell() {
  if (closed()) return;
  cached_store_members::written_out(*this, og_cached_store_stat(get(), OG_CACHED_STORE_DRAIN_TIME),
                                    true, "close");
  if (closed()) return;
  int64_t lost = cached_store_members::end_writes(*this, "close");
  close();
  if (lost > 0)
    raise(OG_STORE,
          "closed with " + std::to_string(lost) + " writes that had not reached the store");
}

}  // namespace outgrow::python
