// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <outgrow/load_pause.hpp>
#include <outgrow/service_call.hpp>
#include <outgrow/service_calls.hpp>
#include <string>
#include <type_traits>
#include <utility>

namespace outgrow {

// The whole path of a request from one configuration: limiter by client, balancer, breaker of the
// server picked, cache by key, replicas. service.h has the rules; a layer is there when one of its
// options is given. Safe from every thread.
class Service : public detail::ServiceCalls {
 public:
  using ServiceCalls::ServiceCalls;

  // ---- whole requests ----

  // The value, copied, from the cache or as call(server, node) returns it: a string, or an optional
  // one, whose absence is cached for cache.negative_ttl_ms; nothing when the key does not exist.
  // What call throws is passed on, and has failed. While another caller loads the key this one
  // sleeps, and takes from the client's rate once; a stale value is taken as it is. Throws
  // ServiceRefused when there is no call to make. server and node are as a ServiceCall's.
  template <class Call>
  std::optional<std::string> read(Bytes client, Bytes key, Call&& call,
                                  Duration ttl = kDefaultTtl) {
    if (ttl < kDefaultTtl) throw Error(Status::invalid_argument, "ttl is negative");
    for (detail::LoadPause pause;;) {
      ServiceCall begun = begin(Operation::read, client, key);
      if (begun) return load(std::move(begun), std::forward<Call>(call), ttl);
      if (begun.value()) return begun.value().string();
      if (begun.status() == Status::absent) return std::nullopt;
      if (begun.status() != Status::wait) throw ServiceRefused(begun.status(), begun.wait());
      pause.sleep(begun.wait());
    }
  }

  // What call(server, node) returns; the cache forgets the key, whether the call succeeds or not.
  // The rest is read's.
  template <class Call>
  std::invoke_result_t<Call, std::int32_t, std::int32_t> write(Bytes client, Bytes key,
                                                               Call&& call) {
    ServiceCall begun = begin(Operation::write, client, key);
    if (!begun) throw ServiceRefused(begun.status(), begun.wait());
    std::int32_t server = begun.server(), node = begun.node();
    Settling settling(handle(), begun.let_go());
    return std::forward<Call>(call)(server, node);
  }

  // ---- requests in parts ----

  // Takes up a call that was let go.
  [[nodiscard]] ServiceCall adopt(std::int64_t ticket) const noexcept {
    return ServiceCall(handle(), ticket, nullptr, Duration());
  }

 private:
  // Ends a write when its scope ends, by how it does.
  class Settling {
   public:
    Settling(og_service* service, std::int64_t ticket) noexcept
        : service_(service), ticket_(ticket) {}
    Settling(const Settling&) = delete;
    Settling& operator=(const Settling&) = delete;
    ~Settling() {
      og_service_end(service_, ticket_, std::uncaught_exceptions() == thrown_before_,
                     kSinceBegin.count(), nullptr, OG_SERVICE_KEEP_NOTHING, OG_CACHE_DEFAULT_TTL);
    }

   private:
    og_service* service_;
    std::int64_t ticket_;
    int thrown_before_ = std::uncaught_exceptions();
  };

  template <class Call>
  static std::optional<std::string> load(ServiceCall begun, Call&& call, Duration ttl) {
    std::optional<std::string> loaded;
    try {
      loaded = std::forward<Call>(call)(begun.server(), begun.node());
    } catch (...) {
      begun.end(false);
      throw;
    }
    begun.end(true, loaded ? Keep::value(*loaded, ttl) : Keep::absence());
    return loaded;
  }
};

}  // namespace outgrow
