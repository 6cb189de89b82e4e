// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "core/limit/limiter.h"
#include "core/service/layer.h"

namespace og {

// The rate of each client. The token stays taken whatever a later layer says: the request was made.
class LimiterLayer final : public ServiceLayer {
 public:
  static constexpr size_t kWords = 0;
  static constexpr std::array kOptions = {&kLimiterOptions};

  static Result<std::unique_ptr<LimiterLayer>> make(const LayerContext& context) {
    auto limiter = make_noun(context.config.section("limiter"), [&](const Config& section) {
      return Limiter::create(section, context.clock, context.place);
    });
    if (!limiter) return tl::unexpected(std::move(limiter.error()));
    if (!*limiter) return nullptr;
    return std::unique_ptr<LimiterLayer>(new LimiterLayer(context, std::move(*limiter)));
  }

  bool enter(Passage& passage) override {
    const int64_t wait = limiter_->acquire_at(passage.request.client, 1, passage.now);
    if (wait == 0) [[likely]]
      return true;
    if (wait < 0) return passage.finish(static_cast<Status>(wait));
    counts_.add(ServiceCount::kDenied);
    return passage.finish(Status::kDenied, wait);
  }
  bool would_refuse(const ServiceRequest& request, int64_t now) const noexcept override {
    return limiter_->peek_at(request.client, 1, now) != 0;
  }

  void collect(MetricSink& sink) const override { limiter_->collect(sink); }
  std::shared_ptr<void> noun(const OptionTable& of, int32_t) const override {
    return &of == &kLimiterOptions ? limiter_ : nullptr;
  }

 private:
  LimiterLayer(const LayerContext& context, std::shared_ptr<Limiter> limiter)
      : ServiceLayer(context.first_word), limiter_(std::move(limiter)), counts_(context.counts) {}

  const std::shared_ptr<Limiter> limiter_;
  ServiceCounts& counts_;
};

}  // namespace og
