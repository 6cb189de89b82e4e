// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec.h"
#include "nouns.h"

namespace outgrow::python {

class CachedStore : public Noun<CachedStore, og_cached_store, og_cached_store_destroy> {
 public:
  static constexpr const char *kName = "CachedStore";
  static constexpr bool kWaits = true;
  CachedStore(og_cached_store *handle, Codec codec_given)
      : Noun(handle), codec(std::move(codec_given)) {}
  Codec codec;
  py::object cache, store;
};

// A batch taken from a cached store, until it is done.
class TakenBatch : public Noun<TakenBatch, og_batch, og_batch_destroy> {
 public:
  static constexpr const char *kName = "Batch";
  using Noun::Noun;
};

// pump, flush, batches and dead letters.
void bind_write_behind(py::module_ &module, py::handle type);

}  // namespace outgrow::python
