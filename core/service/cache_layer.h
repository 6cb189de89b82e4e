// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <new>
#include <string_view>

#include "core/cache/cache.h"
#include "core/cache/cache_options.h"
#include "core/service/layer.h"

namespace og {

// Values by key: a read that is answered here becomes no call. One that misses holds the key's
// lease, which its end fills or gives up.
//
// A write invalidates its key when it ends, however it ends but by undo(): one that failed or never
// came back may have been made. The lease that a reader holds meanwhile falls with it, so that what
// was read before the write is not cached after it.
class CacheLayer final : public ServiceLayer {
 public:
  static constexpr size_t kWords = 1;
  static constexpr std::array kOptions = {&kCacheOptions};

  static Result<std::unique_ptr<CacheLayer>> make(const LayerContext& context) {
    auto cache = make_noun(context.config.section("cache"), [&](const Config& section) {
      return Cache::create(section, context.clock);
    });
    if (!cache) return tl::unexpected(std::move(cache.error()));
    if (!*cache) return nullptr;
    return std::unique_ptr<CacheLayer>(new CacheLayer(context, std::move(*cache)));
  }

  int64_t load_wait(Passage& passage) const noexcept override;
  bool needs_key() const noexcept override { return true; }

  bool enter(Passage& passage) override;
  void undo(const Taken& taken, std::string_view key, int64_t now) noexcept override {
    if (const int64_t lease = word(taken); lease > 0) cache_->give_up_at(key, lease, now);
  }
  Status end(const Call& call, const ServiceEnding& ending, int64_t now) noexcept override;
  void abandon(const Call& call, int64_t now) noexcept override {
    if (call.taken.write) invalidate(call.key, now);
    undo(call.taken, call.key, now);
  }

  void collect(MetricSink& sink) const override { cache_->collect(sink); }
  std::shared_ptr<void> noun(const OptionTable& of, int32_t) const override {
    return &of == &kCacheOptions ? cache_ : nullptr;
  }

 private:
  CacheLayer(const LayerContext& context, std::shared_ptr<Cache> cache)
      : ServiceLayer(context.first_word), cache_(std::move(cache)), counts_(context.counts) {}
  static ServiceCount count_of(Status found) noexcept;
  void invalidate(std::string_view key, int64_t now) noexcept;

  const std::shared_ptr<Cache> cache_;
  ServiceCounts& counts_;
};

inline int64_t CacheLayer::load_wait(Passage& passage) const noexcept {
  const ServiceRequest& request = passage.request;
  if (request.write || request.key.empty()) return 0;
  passage.key_hash = cache_->hash_of(request.key);
  return cache_->must_wait_at(passage.key_hash, request.key, passage.now);
}

inline ServiceCount CacheLayer::count_of(Status found) noexcept {
  switch (found) {
    case Status::kOk:
      return ServiceCount::kHits;
    case Status::kAbsent:
      return ServiceCount::kAbsences;
    case Status::kStale:
      return ServiceCount::kStale;
    default:
      return ServiceCount::kWaits;
  }
}

inline bool CacheLayer::enter(Passage& passage) {
  if (passage.key_hash == 0) return true;
  CacheLookup found = cache_->get_or_lease_at(passage.key_hash, passage.request.key, passage.now);
  passage.answer.value = std::move(found.value);  // stale beside a lease
  if (found.lease > 0) {
    word(passage.taken) = found.lease;
    return true;
  }
  counts_.add(count_of(found.outcome));
  passage.answer.result = static_cast<int64_t>(found.outcome);
  passage.answer.wait_ns = found.wait_ns;
  return false;
}

inline Status CacheLayer::end(const Call& call, const ServiceEnding& ending, int64_t now) noexcept {
  using Keep = ServiceEnding::Keep;
  if (call.taken.write) invalidate(call.key, now);
  const int64_t lease = word(call.taken);
  if (lease <= 0) return Status::kOk;
  if (!ending.success || ending.keep == Keep::kNothing) {
    cache_->give_up_at(call.key, lease, now);
    return Status::kOk;
  }
  try {
    const Status filled =
        ending.keep == Keep::kValue
            ? cache_->fill_at(call.key, lease, ending.value, {.ttl_ns = ending.ttl_ns}, now)
            : cache_->fill_absent_at(call.key, lease, ending.ttl_ns, now);
    counts_.add(filled == Status::kOk ? ServiceCount::kFills : ServiceCount::kFillsRefused);
    return Status::kOk;
  } catch (const std::bad_alloc&) {
    cache_->give_up_at(call.key, lease, now);
    counts_.add(ServiceCount::kFillsRefused);
    return Status::kNoMemory;
  }
}

inline void CacheLayer::invalidate(std::string_view key, int64_t now) noexcept {
  if (key.empty()) return;
  cache_->erase_at(key, now);
  counts_.add(ServiceCount::kInvalidations);
}

}  // namespace og
