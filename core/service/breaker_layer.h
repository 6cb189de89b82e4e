// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "core/balance/endpoints.h"
#include "core/guard/breaker.h"
#include "core/service/layer.h"

namespace og {

// One breaker for all calls, where there are no servers that would have one each.
class BreakerLayer final : public ServiceLayer {
 public:
  static constexpr size_t kWords = 1;
  static constexpr std::array<const OptionTable*, 0> kOptions{};  // the servers' breakers'

  static Result<std::unique_ptr<BreakerLayer>> make(const LayerContext& context) {
    if (context.has(kEndpointsOptions)) return nullptr;
    auto breaker = make_noun(context.config.section("breaker"), [&](const Config& section) {
      return Breaker::create(section, context.clock, context.place);
    });
    if (!breaker) return tl::unexpected(std::move(breaker.error()));
    if (!*breaker) return nullptr;
    return std::unique_ptr<BreakerLayer>(new BreakerLayer(context, std::move(*breaker)));
  }

  bool enter(Passage& passage) override {
    const int64_t permit = breaker_->enter_at(passage.now);
    if (permit > 0) [[likely]] {
      word(passage.taken) = permit;
      return true;
    }
    counts_.add(ServiceCount::kRefused);
    return passage.finish(Status::kRefused, breaker_->retry_after_at(passage.now));
  }
  void undo(const Taken& taken, std::string_view, int64_t now) noexcept override {
    if (const int64_t permit = word(taken); permit > 0) breaker_->cancel_at(permit, now);
  }
  Status end(const Call& call, const ServiceEnding& ending, int64_t now) noexcept override {
    breaker_->exit_at(word(call.taken), ending.success, now);
    return Status::kOk;
  }
  bool would_refuse(const ServiceRequest&, int64_t now) const noexcept override {
    return breaker_->retry_after_at(now) > 0;
  }

  void collect(MetricSink& sink) const override { breaker_->collect(sink); }
  std::shared_ptr<void> noun(const OptionTable& of, int32_t) const override {
    return &of == &kBreakerOptions ? breaker_ : nullptr;
  }

 private:
  BreakerLayer(const LayerContext& context, std::shared_ptr<Breaker> breaker)
      : ServiceLayer(context.first_word), breaker_(std::move(breaker)), counts_(context.counts) {}

  const std::shared_ptr<Breaker> breaker_;
  ServiceCounts& counts_;
};

}  // namespace og
