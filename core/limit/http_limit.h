// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/counters.h"
#include "core/base/ip_address.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/limit/forwarded.h"
#include "core/limit/limit_fields.h"
#include "core/limit/limiter.h"

namespace og {

extern const OptionTable kHttpOptions;

// The HTTP side of a limiter: whose a request is, and what an answer says of the limit. It reads no
// request and writes no answer: it is given texts, and gives texts.
//
// Safe from every thread.
class HttpLimit {
 public:
  static Result<std::shared_ptr<HttpLimit>> create(const Config& config,
                                                   std::shared_ptr<Limiter> limiter);

  // The key of the client: its address, of IPv6 the network of `ipv6_prefix` bits. `remote` is the
  // other end of the connection. Where that is a trusted proxy, `forwarded` is read from its end,
  // past those that are trusted too: the first that is not is the client. Whatever is left of it
  // the client has written itself, and decides nothing.
  //
  // Where a trusted proxy names no address, the key is that proxy's. Where `remote` is none and not
  // trusted as a local one, it is "unknown".
  std::string client(std::string_view remote, std::string_view forwarded);

  // limit_fields() of the key as it stands now. wait_ns: what acquire answered.
  Result<std::string> fields(std::string_view key, int64_t wait_ns,
                             std::string_view partition) const;

  enum class Problem { kQuotaExceeded, kTemporaryReducedCapacity, kAbnormalUsageDetected };
  // A body of application/problem+json (RFC 9457), of the types that the draft has.
  std::string problem(Problem problem, int64_t wait_ns) const;

  void collect(MetricSink& sink) const;

 private:
  struct Settings {
    FieldsForm form;
    std::string policy, unit;
    ForwardedNodes::Form forwarded;
    std::vector<IpRange> trusted;
    bool trusts_local = false;  // a peer without an address: a socket of this machine
    int ipv6_prefix;
  };
  HttpLimit(Settings settings, std::shared_ptr<Limiter> limiter)
      : settings_(std::move(settings)), limiter_(std::move(limiter)) {}
  static Result<void> read_trusted(std::string_view text, Settings& settings);

  Result<std::vector<ToldRate>> told_rates(std::string_view key) const;
  bool is_trusted(const IpAddress& address) const noexcept;
  std::string key_of(const IpAddress& address) const;

  enum Count : size_t { kByConnection, kByField, kUnreadable };
  const Settings settings_;
  const std::shared_ptr<Limiter> limiter_;
  StripedCounters<3> counts_;
};

}  // namespace og
