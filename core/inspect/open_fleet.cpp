// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/open_fleet.h"

#include "core/fleet/fleet_figures.h"
#include "core/fleet/fleet_record.h"

namespace og {
namespace {

// As who only looks at a segment has it.
class OpenedFleet final : public OpenedObject {
 public:
  OpenedFleet(std::string name, std::shared_ptr<Segment> segment, Scope::Cells cells)
      : name_(std::move(name)),
        segment_(std::move(segment)),
        cells_(std::move(cells)),
        record_(cells_.own) {}

  void collect(MetricSink& sink) const override { collect_fleet(record_, sink); }
  std::vector<std::string> faults() const override { return {}; }
  std::optional<std::vector<HotKeys::Hot>> hottest() const override { return std::nullopt; }
  std::string status() const override { return fleet_status(name_, record_, agent()); }

 private:
  std::string agent() const {
    const uint64_t owner = record_.agent() >> 1;
    if (owner == 0 || owner_index(owner) >= segment_->attachment_limit()) return {};
    if (!segment_->is_alive(owner)) return {};
    return "process " + std::to_string(segment_->attachment(owner_index(owner)).pid);
  }

  const std::string name_;
  const std::shared_ptr<Segment> segment_;
  const Scope::Cells cells_;
  const FleetRecord record_;
};

Result<std::unique_ptr<OpenedObject>> open_fleet(const Segment::ObjectInfo& object,
                                                 const std::shared_ptr<Segment>& segment) {
  auto cells = segment->open(CellKind::kFleet, object.name, {});
  if (!cells) return tl::unexpected(std::move(cells.error()));
  if (!*cells || (**cells).own_bytes < FleetRecord::kBytes)
    return fail(Status::kBadValue, "it has not the bytes of a fleet");
  return std::make_unique<OpenedFleet>(object.name, segment, std::move(**cells));
}

}  // namespace

Result<std::pair<std::shared_ptr<Scope>, std::string>> in_its_fleet(
    const std::string& object, const std::shared_ptr<Segment>& segment) {
  const size_t slash = object.find('/');
  if (slash == std::string::npos) return fail(Status::kBadValue, "its name tells no fleet");
  auto fleet = FleetScope::create(segment, object.substr(0, slash), {}, system_clock());
  if (!fleet) return tl::unexpected(std::move(fleet.error()));
  return std::pair<std::shared_ptr<Scope>, std::string>(std::move(*fleet),
                                                        object.substr(slash + 1));
}

NounRow fleet_row(const OptionTable& options) {
  static constexpr OptionTable kNone{"fleet", {}};  // each process has options of its own
  return {&options, {static_cast<uint32_t>(CellKind::kFleet), "fleet", &kNone, &open_fleet}};
}

}  // namespace og
