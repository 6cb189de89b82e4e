// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/fork_aware.h"
#include "core/base/options.h"
#include "core/fleet/fleet.h"
#include "core/fleet/fleet_kinds.h"
#include "core/scope/scope.h"

namespace og {

extern const OptionTable kFleetOptions;

// The scope that the machines of a fleet share: over the scope of this machine's processes, in
// which it keeps what is granted to the machine. An object in it has before its own cells what the
// fleet's agent must know of it.
class FleetScope final : public Scope, private ForkAware {
 public:
  static Result<std::shared_ptr<FleetScope>> create(std::shared_ptr<Scope> host,
                                                    std::string_view name, const Config& config,
                                                    ClockPtr clock);
  ~FleetScope();

  Result<Cells> cells(const Wanted& wanted) override;
  Result<std::optional<std::string>> options_of(CellKind kind,
                                                std::string_view name) const override;
  bool is_left(CellKind kind, std::string_view name) const override;
  Result<void> forget(CellKind kind, std::string_view name) override;
  std::shared_ptr<Fleet> fleet() const override { return fleet_; }
  uint64_t seed() const override { return host_->seed(); }
  bool is_copied_by_fork() const noexcept override { return host_->is_copied_by_fork(); }
  bool is_read_only() const noexcept override { return host_->is_read_only(); }
  Status regain() const noexcept override;
  bool is_alive(uint64_t owner) const noexcept override { return host_->is_alive(owner); }
  uint32_t attachment_limit() const noexcept override { return host_->attachment_limit(); }
  Result<Change> change(std::unique_lock<ForkMutex>* own) const override {
    return host_->change(own);
  }
  std::optional<Change> try_change() const override { return host_->try_change(); }
  std::string title() const override;
  int64_t stat(Stat which) const noexcept override;
  void collect(MetricSink& sink) const override;

 private:
  FleetScope(std::shared_ptr<Scope> host, std::shared_ptr<Fleet> fleet);
  Result<const FleetKind*> kind_of(CellKind noun) const;
  Result<CellKind> in_host(CellKind noun) const;
  void after_fork_in_child() noexcept override;

  const std::shared_ptr<Scope> host_;
  const std::shared_ptr<Fleet> fleet_;
};

}  // namespace og
