// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>

#include "core/data/replicas.h"
#include "core/service/layer.h"

namespace og {

// Which node of the database the call goes to: the primary for a write, else a replica.
class ReplicasLayer final : public ServiceLayer {
 public:
  static constexpr size_t kWords = 1;
  static constexpr std::array kOptions = {&kReplicasOptions};

  static Result<std::unique_ptr<ReplicasLayer>> make(const LayerContext& context) {
    Config replicas = context.config.section("replicas");
    if (replicas.entries().empty()) return nullptr;
    auto router = make_noun(
        with_tickets(std::move(replicas), context.settings.max_in_flight),
        [&](const Config& section) { return ReplicaRouter::create(section, context.clock); });
    if (!router) return tl::unexpected(std::move(router.error()));
    return std::unique_ptr<ReplicasLayer>(new ReplicasLayer(context, std::move(*router)));
  }

  bool hold(Passage& passage) override {
    const int64_t ticket =
        router_->acquire_at(passage.request.write, passage.now, &passage.taken.node);
    if (ticket > 0) [[likely]] {
      word(passage.taken) = ticket;
      return true;
    }
    const auto outcome = static_cast<Status>(ticket);
    counts_.add(outcome == Status::kNone ? ServiceCount::kNoNode : ServiceCount::kFull);
    return passage.finish(outcome);
  }
  void undo(const Taken& taken, std::string_view, int64_t now) noexcept override {
    if (const int64_t ticket = word(taken); ticket > 0) router_->cancel_at(ticket, now);
  }
  Status end(const Call& call, const ServiceEnding& ending, int64_t now) noexcept override {
    router_->release_at(word(call.taken), ending.success, ending.latency_ns, now);
    return Status::kOk;
  }

  void collect(MetricSink& sink) const override { router_->collect(sink); }
  std::shared_ptr<void> noun(const OptionTable& of, int32_t) const override {
    return &of == &kReplicasOptions ? router_ : nullptr;
  }

 private:
  ReplicasLayer(const LayerContext& context, std::shared_ptr<ReplicaRouter> router)
      : ServiceLayer(context.first_word), router_(std::move(router)), counts_(context.counts) {}

  const std::shared_ptr<ReplicaRouter> router_;
  ServiceCounts& counts_;
};

}  // namespace og
