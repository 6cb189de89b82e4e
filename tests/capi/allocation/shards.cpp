// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

const char* const kSplits[] = {"a split too long to lie in its string", "h", "p"};
const int64_t kLens[] = {37, 1, 1};

og_shards* by_range(bool whole) {
  og_config* config = nullptr;
  og_shards* shards = nullptr;
  og_error* error = nullptr;
  held(whole, og_config_create(&config, nullptr));
  og_status set = config ? og_config_set(config, "strategy", "range") : OG_NO_MEMORY;
  held(whole, set);
  if (set == OG_OK) {
    auto splits = reinterpret_cast<const void* const*>(kSplits);
    held(whole, og_shards_create(config, splits, kLens, 3, &shards, &error));
  }
  og_error_destroy(&error);
  og_config_destroy(&config);
  return shards;
}

void run(bool whole) {
  og_shards *shards = by_range(whole), *next = nullptr;
  og_ranges* moves = nullptr;
  og_error* error = nullptr;
  if (!shards) return;
  if (held(whole, og_shards_copy(shards, &next, &error)) && next) {
    og_error_destroy(&error);
    held(whole, og_shards_split(next, "k", 1, 200, &error));
    og_error_destroy(&error);
    held(whole, og_shards_merge(next, "p", 1, &error));
    og_error_destroy(&error);
    held(whole, og_shards_moves(shards, next, &moves, &error));
    og_error_destroy(&error);
    held(whole, og_shards_assign(shards, next, &error));
  }
  og_error_destroy(&error);
  og_ranges_destroy(&moves);
  og_shards_destroy(&next);
  og_shards_destroy(&shards);

  if (held(whole, og_shards_create(nullptr, nullptr, nullptr, 0, &shards, &error)) && shards) {
    og_error_destroy(&error);
    held(whole, og_shards_resize(shards, 100, &error));
  }
  og_error_destroy(&error);
  og_shards_destroy(&shards);
}

std::function<void()> hot() {
  static og_shards *ranges = nullptr, *hashed = nullptr;
  if (!ranges) {
    ranges = by_range(true);
    og_shards_create(nullptr, nullptr, nullptr, 0, &hashed, nullptr);
  }
  return [] {
    const void* keys[] = {"a", "z"};
    const int64_t lens[] = {1, 1}, integers[] = {0, 1};
    int32_t out[2];
    for (og_shards* shards : {ranges, hashed}) {
      og_shards_of(shards, "key", 3);
      og_shards_of_int64(shards, 0);
      og_shards_of_many(shards, keys, lens, 2, out);
      og_shards_of_int64_many(shards, integers, 2, out);
      og_shards_span(shards, "a", 1, "z", 1, out, 2);
      og_shards_move(shards, shards, "key", 3, out, out + 1);
    }
  };
}

const allocation::Register kShards({"shards", run, hot});

}  // namespace
