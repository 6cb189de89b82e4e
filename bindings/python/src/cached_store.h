// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec.h"
#include "nouns.h"

namespace outgrow::python {

class CachedStore : public Noun<CachedStore, og_cached_store, og_cached_store_destroy> {
 public:
  static constexpr const char *kName = "CachedStore";
  static constexpr bool kWaits = true;
  bool warns_unclosed() const { return is("mode", "behind"); }
  CachedStore(og_cached_store *handle, Codec codec_given)
      : Noun(handle), codec(std::move(codec_given)) {}
  // As its user does, not its finalizer: StoreError when writes are lost.
  void close_and_tell();

  Codec codec;
  py::object cache, store;

  template <class Show>
  void references(Show show) const {
    Noun::references(show);
    codec.references(show);
    show(cache);
    show(store);
  }
};

}  // namespace outgrow::python
