// SPDX-License-Identifier: Apache-2.0
#include "outgrow/shards.h"

#include <cstring>
#include <vector>

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "core/data/shard_map.h"

using namespace og::capi;

struct og_ranges {
  std::vector<og::KeyRange> ranges;
};

namespace {

og::Error null_handle() { return {og::Status::kNullHandle, "a shard map is NULL", {}}; }

bool all_valid(const void* const* keys, const int64_t* lens, int64_t count) {
  if (count < 0 || ((!keys || !lens) && count > 0)) return false;
  for (int64_t i = 0; i < count; ++i) {
    if (!valid(keys[i], lens[i])) return false;
  }
  return true;
}

// A change of the map by f(map).
template <class F>
og_status change(og_shards* shards, bool valid_arguments, og_error** error, F&& f) {
  return guard(error, [&]() -> og::Result<void> {
    if (!shards) return tl::unexpected(null_handle());
    if (!valid_arguments) {
      return og::fail(og::Status::kInvalidArgument, "a pointer is NULL or a length negative");
    }
    return f(*shards->map);
  });
}

}  // namespace

og_status og_shards_create(const og_config* config, const void* const* splits,
                           const int64_t* split_lens, int64_t split_count, og_shards** out,
                           og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_shards> {
    if (!all_valid(splits, split_lens, split_count)) {
      return og::fail(og::Status::kInvalidArgument, "splits are NULL or a length is negative");
    }
    std::vector<std::string_view> keys;
    for (int64_t i = 0; i < split_count; ++i) keys.push_back(bytes(splits[i], split_lens[i]));
    auto map = og::ShardMap::create(config_or_empty(config), keys);
    if (!map) return tl::unexpected(map.error());
    return og_shards{std::move(*map)};
  });
}

og_status og_shards_copy(const og_shards* shards, og_shards** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_shards> {
    if (!shards) return tl::unexpected(null_handle());
    return og_shards{shards->map->copy()};
  });
}

void og_shards_destroy(og_shards** shards) { destroy(shards); }

int32_t og_shards_of(const og_shards* shards, const void* key, int64_t key_len) {
  return call<int32_t>(shards, [&](const og_shards& s) -> int32_t {
    if (!valid(key, key_len)) [[unlikely]]
      return OG_INVALID_ARGUMENT;
    return s.map->of(bytes(key, key_len));
  });
}

int32_t og_shards_of_int64(const og_shards* shards, int64_t key) {
  return call<int32_t>(shards, [&](const og_shards& s) { return s.map->of_int64(key); });
}

og_status og_shards_of_many(const og_shards* shards, const void* const* keys,
                            const int64_t* key_lens, int64_t count, int32_t* out) {
  return call<og_status>(shards, [&](const og_shards& s) {
    if (!all_valid(keys, key_lens, count) || (!out && count > 0)) return OG_INVALID_ARGUMENT;
    s.map->of_many(keys, key_lens, count, out);
    return OG_OK;
  });
}

og_status og_shards_of_int64_many(const og_shards* shards, const int64_t* keys, int64_t count,
                                  int32_t* out) {
  return call<og_status>(shards, [&](const og_shards& s) {
    if (count < 0 || ((!keys || !out) && count > 0)) return OG_INVALID_ARGUMENT;
    s.map->of_int64_many(keys, count, out);
    return OG_OK;
  });
}

og_status og_shards_int64_key(int64_t key, void* out) {
  if (!out) return OG_INVALID_ARGUMENT;
  auto made = og::ShardMap::int64_key(key);
  std::memcpy(out, made.data(), made.size());
  return OG_OK;
}

int64_t og_shards_count(const og_shards* shards) {
  return call<int64_t>(shards, [](const og_shards& s) { return s.map->count(); });
}

int64_t og_shards_span(const og_shards* shards, const void* first, int64_t first_len,
                       const void* end, int64_t end_len, int32_t* out, int64_t capacity) {
  return call<int64_t>(shards, [&](const og_shards& s) -> int64_t {
    bool room = capacity >= 0 && (out || capacity == 0);
    if (!valid(first, first_len) || !valid(end, end_len) || !room) return OG_INVALID_ARGUMENT;
    return s.map->span(bytes(first, first_len), bytes(end, end_len),
                       {out, static_cast<size_t>(capacity)});
  });
}

og_status og_shards_resize(og_shards* shards, int64_t count, og_error** error) {
  return change(shards, true, error, [&](og::ShardMap& map) { return map.resize(count); });
}

og_status og_shards_split(og_shards* shards, const void* key, int64_t key_len, int32_t shard,
                          og_error** error) {
  return change(shards, valid(key, key_len), error,
                [&](og::ShardMap& map) { return map.split(bytes(key, key_len), shard); });
}

og_status og_shards_merge(og_shards* shards, const void* key, int64_t key_len, og_error** error) {
  return change(shards, valid(key, key_len), error,
                [&](og::ShardMap& map) { return map.merge(bytes(key, key_len)); });
}

og_status og_shards_assign(og_shards* shards, const og_shards* next, og_error** error) {
  return change(shards, next != nullptr, error,
                [&](og::ShardMap& map) { return map.assign(*next->map); });
}

int32_t og_shards_move(const og_shards* from, const og_shards* to, const void* key, int64_t key_len,
                       int32_t* from_shard, int32_t* to_shard) {
  return call<int32_t>(from, [&](const og_shards& f) -> int32_t {
    if (!to) return OG_NULL_HANDLE;
    if (!valid(key, key_len)) return OG_INVALID_ARGUMENT;
    int32_t before = f.map->locate(bytes(key, key_len));
    int32_t after = to->map->locate(bytes(key, key_len));
    if (from_shard) *from_shard = before;
    if (to_shard) *to_shard = after;
    return before != after;
  });
}

double og_shards_moved_share(const og_shards* from, const og_shards* to) {
  return call<double>(from, [&](const og_shards& f) -> double {
    if (!to) return OG_NULL_HANDLE;
    auto share = og::ShardMap::moved_share(*f.map, *to->map);
    return share ? *share : static_cast<double>(share.error().code);
  });
}

og_status og_shards_moves(const og_shards* from, const og_shards* to, og_ranges** out,
                          og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_ranges> {
    if (!from || !to) return tl::unexpected(null_handle());
    auto moves = og::ShardMap::moves(*from->map, *to->map);
    if (!moves) return tl::unexpected(moves.error());
    return og_ranges{std::move(*moves)};
  });
}

og_status og_shards_ranges(const og_shards* shards, og_ranges** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_ranges> {
    if (!shards) return tl::unexpected(null_handle());
    auto ranges = shards->map->ranges();
    if (!ranges) return tl::unexpected(ranges.error());
    return og_ranges{std::move(*ranges)};
  });
}

void og_ranges_destroy(og_ranges** ranges) { destroy(ranges); }

int64_t og_ranges_count(const og_ranges* ranges) {
  return call<int64_t>(ranges, [](const og_ranges& r) { return r.ranges.size(); });
}

og_status og_ranges_at(const og_ranges* ranges, int64_t index, const void** first,
                       int64_t* first_len, const void** end, int64_t* end_len, int32_t* from,
                       int32_t* to) {
  return call<og_status>(ranges, [&](const og_ranges& r) {
    if (index < 0 || index >= static_cast<int64_t>(r.ranges.size())) return OG_INVALID_ARGUMENT;
    const og::KeyRange& range = r.ranges[static_cast<size_t>(index)];
    if (first) *first = range.first.data();
    if (first_len) *first_len = static_cast<int64_t>(range.first.size());
    if (end) *end = range.end.data();
    if (end_len) *end_len = static_cast<int64_t>(range.end.size());
    if (from) *from = range.from;
    if (to) *to = range.to;
    return OG_OK;
  });
}

og_status og_metrics_add_shards(og_metrics* metrics, const char* name, const og_shards* shards,
                                og_error** error) {
  return add_metrics(metrics, "shard map", name, shards, error);
}
