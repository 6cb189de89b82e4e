// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <outgrow/cache_calls.hpp>
#include <outgrow/lease.hpp>
#include <outgrow/load_pause.hpp>
#include <outgrow/loads.hpp>
#include <string>

namespace outgrow {

// Values by key in memory, within a budget, each for its time to live: cache.h has the rules. Gets
// that hit take no lock and allocate nothing; safe from every thread. Keys and values are any
// bytes, up to 2 GiB each. Times to live are kForever, kDefaultTtl or a duration.
class Cache : public detail::CacheCalls {
 public:
  using CacheCalls::CacheCalls;

  // Copies a fresh value into out, or as much of it as there is room for: its size in bytes, or
  // OG_MISS or OG_ABSENT, which are negative.
  [[nodiscard]] std::int64_t get(Bytes key, void* out, std::size_t capacity) const {
    return detail::checked(
        og_cache_get(handle(), key.data(), key.size(), out, static_cast<std::int64_t>(capacity)),
        "og_cache_get");
  }
  [[nodiscard]] std::int64_t get_at(Bytes key, Time now, void* out, std::size_t capacity) const {
    return detail::checked(og_cache_get_at(handle(), key.data(), key.size(), detail::ns(now), out,
                                           static_cast<std::int64_t>(capacity)),
                           "og_cache_get_at");
  }

  // pin, and on a miss the lease for one caller at a time.
  [[nodiscard]] LeasedLookup get_or_lease(Bytes key) {
    og_value* value = nullptr;
    std::int64_t wait = 0;
    std::int64_t answer = og_cache_get_or_lease(handle(), key.data(), key.size(), &value, &wait);
    return leased(key, answer, value, wait, "og_cache_get_or_lease");
  }
  [[nodiscard]] LeasedLookup get_or_lease_at(Bytes key, Time now) {
    og_value* value = nullptr;
    std::int64_t wait = 0;
    std::int64_t answer =
        og_cache_get_or_lease_at(handle(), key.data(), key.size(), detail::ns(now), &value, &wait);
    return leased(key, answer, value, wait, "og_cache_get_or_lease_at");
  }
  // Takes up a lease that was let go.
  [[nodiscard]] Lease adopt(Bytes key, std::int64_t lease) const {
    return Lease(handle(), key, lease);
  }

  // The value, copied; nothing when the key does not exist. On a miss one caller at a time calls
  // load(), which returns a string, or an optional one: nothing is cached as an absence, for
  // negative_ttl_ms, whatever the ttl. The others sleep until it is there, or take a stale value.
  // What load() throws is passed on, also to those who wait for it in this Cache object, and the
  // next caller loads. A loader that asks for its own key is an Error at once.
  template <class Load>
  std::optional<std::string> get_or_load(Bytes key, Load&& load, Duration ttl = kDefaultTtl) {
    detail::Loads::Running running;  // looked up before the cache was asked
    bool looked = false;
    for (detail::LoadPause pause;;) {
      LeasedLookup found = get_or_lease(key);
      if (found.lease) return load_and_fill(std::move(found.lease), std::forward<Load>(load), ttl);
      if (found) return found.value.string();
      if (found.status == Status::absent) return std::nullopt;
      if (running) {
        loads_->wait(running, found.wait);
      } else if (looked) {
        pause.sleep(found.wait);
      }
      running = loads_->find(key.view());
      looked = true;
    }
  }

 private:
  LeasedLookup leased(Bytes key, std::int64_t answer, og_value* value, std::int64_t wait,
                      const char* function) const {
    Value owned(value);
    detail::checked(answer, function);
    if (answer > 0) {
      return {Status::miss, std::move(owned), Lease(handle(), key, answer), Duration()};
    }
    return {static_cast<Status>(answer), std::move(owned), Lease(), Duration(wait)};
  }

  template <class Load>
  std::optional<std::string> load_and_fill(Lease lease, Load&& load, Duration ttl) {
    const std::string key = lease.key();
    loads_->find(key);
    detail::Loads::Running running = loads_->begin(key);
    try {
      std::optional<std::string> loaded = fill(std::move(lease), load(), ttl);
      loads_->end(key, running, nullptr);
      return loaded;
    } catch (...) {
      lease = Lease();  // given up before those who wait are told
      loads_->end(key, running, std::current_exception());
      throw;
    }
  }

  static std::optional<std::string> fill(Lease lease, std::optional<std::string> loaded,
                                         Duration ttl) {
    if (loaded) {
      lease.fill(*loaded, ttl);
    } else {
      lease.fill_absent();
    }
    return loaded;
  }

  std::unique_ptr<detail::Loads> loads_ = std::make_unique<detail::Loads>();
};

}  // namespace outgrow
