// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/cache.h>

#include <cstdint>
#include <outgrow/value.hpp>
#include <string>
#include <utility>

namespace outgrow {

// The right to load a key of a cache that missed; others wait for it meanwhile. Destroyed without a
// fill it is given up. It must not outlive its cache; the cache may be moved.
class Lease {
 public:
  Lease() = default;
  Lease(og_cache* cache, Bytes key, std::int64_t id) : cache_(cache), key_(key.view()), id_(id) {}
  Lease(Lease&& other) noexcept
      : cache_(std::exchange(other.cache_, nullptr)),
        key_(std::move(other.key_)),
        id_(std::exchange(other.id_, 0)) {}
  Lease& operator=(Lease&& other) noexcept {
    Lease taken(std::move(other));
    std::swap(cache_, taken.cache_);
    std::swap(key_, taken.key_);
    std::swap(id_, taken.id_);
    return *this;
  }
  ~Lease() {
    if (cache_) og_cache_give_up(cache_, key_.data(), size(), id_);
  }

  explicit operator bool() const noexcept { return cache_ != nullptr; }
  const std::string& key() const noexcept { return key_; }
  std::int64_t id() const noexcept { return id_; }
  // Lets go of it without giving it up; Cache::adopt takes it up again.
  std::int64_t let_go() noexcept {
    cache_ = nullptr;
    return std::exchange(id_, 0);
  }

  // Stores what was loaded. Status::ok; lapsed when the key was set or deleted meanwhile, or the
  // lease's time is over; full when the value is larger than a shard of the cache.
  Status fill(Bytes value, Duration ttl = kDefaultTtl) {
    return used(
        og_cache_fill(cache_, key_.data(), size(), id_, value.data(), value.size(), ttl.count()),
        "og_cache_fill");
  }
  Status fill_at(Bytes value, Duration ttl, Time now) {
    return used(og_cache_fill_at(cache_, key_.data(), size(), id_, value.data(), value.size(),
                                 ttl.count(), detail::ns(now)),
                "og_cache_fill_at");
  }
  // The key turned out not to exist.
  Status fill_absent(Duration ttl = kDefaultTtl) {
    return used(og_cache_fill_absent(cache_, key_.data(), size(), id_, ttl.count()),
                "og_cache_fill_absent");
  }
  // The next caller need not wait.
  Status give_up() {
    return used(og_cache_give_up(cache_, key_.data(), size(), id_), "og_cache_give_up");
  }

 private:
  std::int64_t size() const noexcept { return static_cast<std::int64_t>(key_.size()); }
  Status used(og_status result, const char* function) {
    Status status = detail::outcome(result, function);
    let_go();
    return status;
  }

  og_cache* cache_ = nullptr;
  std::string key_;
  std::int64_t id_ = 0;
};

// A value, or the lease to load it.
struct LeasedLookup {
  // ok, absent; stale: another caller is loading it; wait: the same, and there is no value to use
  // meanwhile; miss: the lease is this caller's.
  Status status = Status::miss;
  Value value;  // with a lease too, when a stale one may be used meanwhile
  Lease lease;
  Duration wait{};  // how long another caller's lease still stands

  explicit operator bool() const noexcept { return static_cast<bool>(value); }
  std::string_view view() const noexcept { return value.view(); }
};

}  // namespace outgrow
