// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/service.h>

#include <cstdint>
#include <outgrow/claim.hpp>
#include <outgrow/value.hpp>
#include <utility>

namespace outgrow {

// What of a read that succeeded is cached.
class Keep {
 public:
  static Keep nothing() noexcept { return Keep(nullptr, OG_SERVICE_KEEP_NOTHING, Duration()); }
  // The key does not exist.
  static Keep absence(Duration ttl = kDefaultTtl) noexcept {
    return Keep(nullptr, OG_SERVICE_KEEP_ABSENCE, ttl);
  }
  static Keep value(Bytes value, Duration ttl = kDefaultTtl) noexcept {
    return Keep(value.data(), value.size(), ttl);
  }

  const void* data() const noexcept { return data_; }
  std::int64_t size() const noexcept { return size_; }  // or OG_SERVICE_KEEP_*
  Duration ttl() const noexcept { return ttl_; }

 private:
  Keep(const void* data, std::int64_t size, Duration ttl) noexcept
      : data_(data), size_(size), ttl_(ttl) {}

  const void* data_;
  std::int64_t size_;
  Duration ttl_;
};

// What Service::read and write throw when there is no call to make: denied, refused, none or full.
class ServiceRefused : public Error {
 public:
  ServiceRefused(Status status, Duration retry_after)
      : Error(status, "the service has no call to make: " + text(status)),
        retry_after_(retry_after) {}

  // Until the client's rate, or a breaker, lets a request pass: 0 when nobody knows.
  Duration retry_after() const noexcept { return retry_after_; }

 private:
  Duration retry_after_;
};

// What a service said of a request: the answer, why there will be none, or a call to make, which is
// what it is when it is true. Destroyed without end it is cancelled.
class ServiceCall : public detail::Claim<og_service, og_service_cancel> {
 public:
  ServiceCall() = default;
  ServiceCall(og_service* service, std::int64_t answer, og_value* value, Duration wait) noexcept
      : Claim(answer > 0 ? service : nullptr, answer > 0 ? answer : 0),
        status_(answer > 0 ? Status::miss : static_cast<Status>(answer)),
        value_(value),
        wait_(wait) {}

  // miss: make the call. ok and stale: value() is the answer; absent: the key does not exist; wait:
  // another caller loads it; denied, refused, none, full: the request ends here.
  Status status() const noexcept { return status_; }
  // With a call to make, a stale value to use meanwhile, if there is one.
  const Value& value() const noexcept { return value_; }
  // How long to wait: wait at most, denied, refused at least.
  Duration wait() const noexcept { return wait_; }

  // The endpoint's index and the node where the call is to run: OG_NONE without the layer,
  // OG_LAPSED once it is settled.
  std::int32_t server() const {
    return detail::checked(og_service_server(of(), id()), "og_service_server");
  }
  std::int32_t node() const {
    return detail::checked(og_service_node(of(), id()), "og_service_node");
  }

  // The call has ended. ok, or lapsed when call_ms has passed, and nothing is recorded.
  Status end(bool success, const Keep& keep = Keep::nothing(), Duration latency = kSinceBegin) {
    return returned(og_service_end(of(), id(), success, detail::latency(latency), keep.data(),
                                   keep.size(), keep.ttl().count()),
                    "og_service_end");
  }
  Status end_at(bool success, const Keep& keep, Duration latency, Time now) {
    return returned(og_service_end_at(of(), id(), success, detail::latency(latency), keep.data(),
                                      keep.size(), keep.ttl().count(), detail::ns(now)),
                    "og_service_end_at");
  }
  // The call was not made: all it held is given back.
  Status cancel() { return returned(og_service_cancel(of(), id()), "og_service_cancel"); }
  Status cancel_at(Time now) {
    return returned(og_service_cancel_at(of(), id(), detail::ns(now)), "og_service_cancel_at");
  }

 private:
  Status status_ = Status::none;
  Value value_;
  Duration wait_{};
};

}  // namespace outgrow
