// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/recommend.h"

#include <algorithm>
#include <tuple>

#include "bindings/cli/provisioning/clairvoyant.h"
#include "bindings/cli/replay/candidates.h"
#include "bindings/cli/replay/grown_log.h"
#include "bindings/cli/replay/scaled.h"

namespace og::cli {
namespace {

constexpr int64_t kLeastS = 3600;

class Trial {
 public:
  Trial(const ReplaySettings& settings, const Summary& summary)
      : settings_(settings),
        timeline_(summary.timeline),
        grown_(superposed(log_as_it_is(timeline_, settings.service_time), summary.autoscaler.growth,
                          timeline_.width_s())),
        first_(slices() * 2 / 3) {}

  std::size_t slices() const { return timeline_.slices().size(); }
  std::size_t first() const { return first_; }
  int64_t peak() const {
    const auto end = grown_.loads.begin() + static_cast<std::ptrdiff_t>(first_);
    return first_ > 0 ? instances_for(*std::max_element(grown_.loads.begin(), end)) : 1;
  }

  // The bill of the first part, and with `whole` of the rest, with the fleet as the first leaves
  // it.
  Result<TwoParts> of(const NounOptions& options, bool whole) const {
    const int64_t width_s = timeline_.width_s();
    auto scaled = Scaled::create(settings_, options, timeline_.start_s(), width_s);
    if (!scaled) return tl::unexpected(scaled.error());
    TwoParts bill;
    int64_t end_s = timeline_.start_s();
    for (std::size_t i = 0; i < (whole ? slices() : first_); ++i) {
      if (i == first_) {
        bill.first = scaled->result();
        scaled->begin_new_bill();
      }
      end_s += width_s;
      auto done =
          scaled->live_through(timeline_.slices()[i], grown_.loads[i], grown_.requests[i], end_s);
      if (!done) return tl::unexpected(done.error());
    }
    (whole ? bill.rest : bill.first) = scaled->result();
    return bill;
  }

 private:
  const ReplaySettings& settings_;
  const Timeline& timeline_;
  GrownLog grown_;
  std::size_t first_;
};

}  // namespace

Result<Recommendation> recommend(const ReplaySettings& settings, const Summary& summary,
                                 double overloaded_minutes,
                                 const std::function<void(double part)>& progress) {
  const Trial trial(settings, summary);
  const int64_t width_s = summary.timeline.width_s();
  Recommendation out;
  out.first_s = static_cast<int64_t>(trial.first()) * width_s;
  out.rest_s = static_cast<int64_t>(trial.slices()) * width_s - out.first_s;
  if (out.first_s + out.rest_s < kLeastS) {
    return fail("--recommend: the log is of " + std::to_string((out.first_s + out.rest_s) / 60) +
                " minutes, and takes an hour to learn from");
  }
  out.overloaded_minutes = overloaded_minutes;
  out.growth = summary.autoscaler.growth;
  out.allowed_first =
      overloaded_minutes * static_cast<double>(trial.first()) / static_cast<double>(trial.slices());

  const std::vector<NounOptions> all = candidates(settings, trial.peak());
  out.settings = static_cast<int64_t>(all.size());
  // Least is best: those that keep to it by cost, the others by overload; then by changes, then in
  // the list's order.
  using Rank = std::tuple<bool, double, double, int64_t>;
  Rank best;
  const NounOptions* chosen = nullptr;
  for (const NounOptions& options : all) {
    progress(static_cast<double>(&options - all.data()) / static_cast<double>(all.size()));
    const auto bill = trial.of(options, false);
    if (!bill) return tl::unexpected(bill.error());
    const Provisioning& first = bill->first;
    const bool over = first.overloaded_minutes > out.allowed_first;
    const Rank rank{over, over ? first.overloaded_minutes : 0, first.instance_hours,
                    first.elasticity.changes};
    if (chosen != nullptr && rank >= best) continue;
    best = rank;
    chosen = &options;
  }
  out.met = !std::get<0>(best);
  out.options = *chosen;
  const auto recommended = trial.of(*chosen, true), configured = trial.of(all.front(), true);
  if (!recommended) return tl::unexpected(recommended.error());
  if (!configured) return tl::unexpected(configured.error());
  out.recommended = *recommended;
  out.configured = *configured;
  return out;
}

}  // namespace og::cli
