// SPDX-License-Identifier: Apache-2.0
#include "core/data/shard_map.h"

#include <algorithm>
#include <string>

#include "core/base/hash.h"
#include "core/base/typed_options.h"
#include "core/data/jump_hash.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kShardRows[] = {
    {.name = "strategy", .type = OptionType::kEnum, .fallback = "hash", .choices = "hash|range",
     .doc = "How a key finds its shard: stable hash, or the range that it lies in."},
    {.name = "shards", .type = OptionType::kInt, .fallback = "1", .min = 1,
     .max = ShardMap::kMaxShards, .unit = "shards",
     .doc = "How many; with ranges one more than the splits, and checked if given."},
};
// clang-format on

std::string_view view(const void* data, int64_t len) {
  return {static_cast<const char*>(data), static_cast<size_t>(len)};
}

Result<void> same_strategy(const ShardMap& a, const ShardMap& b) {
  if (a.strategy() == b.strategy()) return {};
  return fail(Status::kInvalidArgument, "one map is by hash, the other by range");
}

}  // namespace

constexpr OptionTable kShardsOptions{"shards", kShardRows};

Result<std::unique_ptr<ShardMap>> ShardMap::create(const Config& config,
                                                   std::span<const std::string_view> splits) {
  auto options = OptionsOf<kShardsOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  auto strategy = options->choice<Strategy>("strategy");
  int64_t shards = options->integer("shards");
  if (strategy == Strategy::kHash) {
    if (!splits.empty()) {
      return fail(Status::kInvalidArgument, "splits are given, and strategy is 'hash': use 'range'",
                  "strategy");
    }
    return std::unique_ptr<ShardMap>(new ShardMap(strategy, static_cast<int32_t>(shards), nullptr));
  }
  if (splits.size() >= static_cast<size_t>(kMaxShards)) {
    return fail(Status::kInvalidArgument, std::to_string(splits.size()) + " splits: use at most " +
                                              std::to_string(kMaxShards - 1));
  }
  auto made = static_cast<int64_t>(splits.size()) + 1;
  if (options->given("shards") && shards != made) {
    return fail(Status::kBadValue,
                "option 'shards' cannot be " + std::to_string(shards) + ": " +
                    std::to_string(splits.size()) + " splits make " + std::to_string(made),
                "shards");
  }
  auto ranges = RangeMap::create(splits);
  if (!ranges) return tl::unexpected(ranges.error());
  return std::unique_ptr<ShardMap>(
      new ShardMap(strategy, static_cast<int32_t>(made), std::move(*ranges)));
}

ShardMap::ShardMap(Strategy strategy, int32_t shards, std::unique_ptr<const RangeMap> ranges)
    : strategy_(strategy), shards_(shards), ranges_(std::move(ranges)) {
  tally_.grow(shards);
}

std::unique_ptr<ShardMap> ShardMap::copy() const {
  if (strategy_ == Strategy::kHash) {
    return std::unique_ptr<ShardMap>(new ShardMap(strategy_, count(), nullptr));
  }
  auto pass = gate_.enter();
  const RangeMap* now = ranges_.get();
  return std::unique_ptr<ShardMap>(new ShardMap(strategy_, now->shards(), now->copy()));
}

std::array<char, 8> ShardMap::int64_key(int64_t key) noexcept {
  uint64_t bits = static_cast<uint64_t>(key) ^ (uint64_t{1} << 63);
  std::array<char, 8> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bits >> (56 - 8 * i));
  return bytes;
}

template <class KeyAt>
void ShardMap::look_up(int64_t count, int32_t* out, KeyAt&& key_at) const noexcept {
  if (strategy_ == Strategy::kHash) {
    int32_t shards = this->count();
    for (int64_t i = 0; i < count; ++i) out[i] = jump_hash(hash64(key_at(i)), shards);
  } else {
    auto pass = gate_.enter();
    const RangeMap* ranges = ranges_.get();
    for (int64_t i = 0; i < count; ++i) out[i] = ranges->shard_of(key_at(i));
  }
}

int32_t ShardMap::locate(std::string_view key) const noexcept {
  int32_t shard;
  look_up(1, &shard, [&](int64_t) { return key; });
  return shard;
}

int32_t ShardMap::of(std::string_view key) const noexcept {
  int32_t shard = locate(key);
  tally_.add(shard);
  return shard;
}

int32_t ShardMap::of_int64(int64_t key) const noexcept {
  auto bytes = int64_key(key);
  return of({bytes.data(), bytes.size()});
}

void ShardMap::of_many(const void* const* keys, const int64_t* key_lens, int64_t count,
                       int32_t* out) const noexcept {
  look_up(count, out, [&](int64_t i) { return view(keys[i], key_lens[i]); });
  for (int64_t i = 0; i < count; ++i) tally_.add(out[i]);
}

void ShardMap::of_int64_many(const int64_t* keys, int64_t count, int32_t* out) const noexcept {
  std::array<char, 8> bytes;
  look_up(count, out, [&](int64_t i) {
    bytes = int64_key(keys[i]);
    return std::string_view(bytes.data(), bytes.size());
  });
  for (int64_t i = 0; i < count; ++i) tally_.add(out[i]);
}

int64_t ShardMap::span(std::string_view first, std::string_view end,
                       std::span<int32_t> out) const noexcept {
  if (strategy_ == Strategy::kRange) {
    auto pass = gate_.enter();
    return ranges_.get()->span(first, end, out);
  }
  if (!end.empty() && end <= first) return 0;
  int32_t shards = count();
  auto shown = static_cast<int32_t>(std::min<size_t>(out.size(), static_cast<size_t>(shards)));
  for (int32_t i = 0; i < shown; ++i) out[static_cast<size_t>(i)] = i;
  return shards;
}

Result<void> ShardMap::check(Strategy wanted, const char* what) const {
  if (strategy_ == wanted) return {};
  bool hash = wanted == Strategy::kHash;
  return fail(Status::kInvalidArgument,
              std::string(what) + (hash ? " is for maps by hash, and this one is by range"
                                        : " is for maps by range, and this one is by hash"));
}

// Throws before anything has changed.
void ShardMap::publish(std::unique_ptr<const RangeMap> next) {
  int32_t shards = next->shards();
  tally_.grow(shards);
  ranges_.reserve();
  ranges_.publish(std::move(next), gate_);
  shards_.store(shards, std::memory_order_release);
  changes_.fetch_add(1, std::memory_order_relaxed);
}

Result<void> ShardMap::resize(int64_t shards) {
  if (auto ok = check(Strategy::kHash, "resize"); !ok) return ok;
  if (shards < 1 || shards > kMaxShards) {
    return fail(Status::kInvalidArgument, "shards cannot be " + std::to_string(shards) +
                                              ": use 1 to " + std::to_string(kMaxShards));
  }
  ForkLock lock(mutex_);
  tally_.grow(static_cast<int32_t>(shards));
  shards_.store(static_cast<int32_t>(shards), std::memory_order_release);
  changes_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

Result<void> ShardMap::split(std::string_view key, int64_t shard) {
  if (auto ok = check(Strategy::kRange, "split"); !ok) return ok;
  if (shard < 0 || shard >= kMaxShards) {
    return fail(Status::kInvalidArgument, "shard cannot be " + std::to_string(shard) +
                                              ": use 0 to " + std::to_string(kMaxShards - 1));
  }
  ForkLock lock(mutex_);
  publish(ranges_.get()->with_split(key, static_cast<int32_t>(shard)));
  return {};
}

Result<void> ShardMap::merge(std::string_view key) {
  if (auto ok = check(Strategy::kRange, "merge"); !ok) return ok;
  ForkLock lock(mutex_);
  auto next = ranges_.get()->without_split(key);
  if (!next) {
    return fail(Status::kInvalidArgument, key.empty() ? "the first range has none before it to join"
                                                      : "no range begins at this key");
  }
  publish(std::move(next));
  return {};
}

Result<void> ShardMap::assign(const ShardMap& next) {
  if (auto ok = same_strategy(*this, next); !ok) return ok;
  if (strategy_ == Strategy::kHash) return resize(next.count());
  std::unique_ptr<const RangeMap> taken;
  {
    auto pass = next.gate_.enter();
    taken = next.ranges_.get()->copy();
  }
  ForkLock lock(mutex_);
  publish(std::move(taken));
  return {};
}

Result<std::vector<KeyRange>> ShardMap::ranges() const {
  if (auto ok = check(Strategy::kRange, "a list of ranges"); !ok) return tl::unexpected(ok.error());
  auto pass = gate_.enter();
  return ranges_.get()->list();
}

Result<std::vector<KeyRange>> ShardMap::moves(const ShardMap& from, const ShardMap& to) {
  for (const ShardMap* map : {&from, &to}) {
    auto ok = map->check(Strategy::kRange, "a list of moves");
    if (!ok) return tl::unexpected(ok.error());
  }
  auto pass_from = from.gate_.enter();
  auto pass_to = to.gate_.enter();
  return RangeMap::moves(*from.ranges_.get(), *to.ranges_.get());
}

Result<double> ShardMap::moved_share(const ShardMap& from, const ShardMap& to) {
  if (auto ok = same_strategy(from, to); !ok) return tl::unexpected(ok.error());
  if (from.strategy_ == Strategy::kRange) return static_cast<double>(Status::kNone);
  auto [less, more] = std::minmax({from.count(), to.count()});
  return static_cast<double>(more - less) / more;
}

void ShardMap::collect(MetricSink& sink) const {
  int32_t shards = count();
  sink.level("outgrow_shards_in_map", "Shards of the map.", {}, shards);
  sink.counter("outgrow_shards_changes_total", "Changes of the map.", {},
               changes_.load(std::memory_order_relaxed));
  for (int32_t i = 0; i < shards; ++i) {
    sink.counter("outgrow_shards_lookups_total", "Keys looked up that the shard holds.",
                 {{"shard", std::to_string(i)}}, tally_.total(i));
  }
}

}  // namespace og
