// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/stages/limiter.h"

namespace og::cli {

Result<ClientLimiter> ClientLimiter::create(const ReplaySettings& settings, const og_clock* clock) {
  auto limiter = make_noun<LimiterHandle>(
      settings, "limiter", [&](const og_config* config, og_limiter** out, og_error** error) {
        return og_limiter_create(config, clock, out, error);
      });
  if (!limiter) return tl::unexpected(limiter.error());
  return ClientLimiter(std::move(*limiter));
}

bool ClientLimiter::admit(std::string_view client, uint64_t hash, int64_t now_ns) {
  const int64_t wait = og_limiter_acquire_at(limiter_.get(), client.data(),
                                             static_cast<int64_t>(client.size()), 1, now_ns);
  if (wait == 0) {
    ++allowed_;
    return true;
  }
  ++denied_;
  worst_.add(client, hash);
  denied_clients_.add(hash);
  return false;
}

void ClientLimiter::report(std::size_t worst, Summary& summary) const {
  summary.limiter.allowed = allowed_;
  summary.limiter.denied = denied_;
  summary.limiter.clients_denied = denied_clients_.count();
  summary.limiter.worst_exact = worst_.exact();
  summary.limiter.worst = worst_.worst(worst);
}

}  // namespace og::cli
