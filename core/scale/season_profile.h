// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/scale/state_archive.h"

namespace og {

// The usual load at each time of a period, a day or a week: an exponential average over periods,
// of the first few their plain mean, kept in slots of equal length.
//
// It is read by single slots, or as a triangular mean over neighbouring ones: one slot has seen few
// samples, its neighbours are mostly about as high. Samples may be shorter than a slot, which then
// averages them.
//
// State: 8 bytes a slot.
class SeasonProfile {
 public:
  struct Shape {
    uint64_t period_ns;
    uint64_t slot_ns;
    uint64_t half_width_ns;  // of the mean over neighbours
    double weight;           // of a new period's sample
  };

  SeasonProfile(const Shape& shape, uint64_t bin_ns)
      : period_ns_(shape.period_ns),
        slot_ns_(std::max(shape.slot_ns, bin_ns)),
        weight_(shape.weight *
                std::min(1.0, static_cast<double>(bin_ns) / static_cast<double>(slot_ns_))),
        slots_(static_cast<std::size_t>((period_ns_ + slot_ns_ - 1) / slot_ns_)),
        half_width_(std::min(static_cast<std::size_t>(shape.half_width_ns / slot_ns_),
                             (slots_.size() - 1) / 2)) {}

  void update(uint64_t at_ns, double rate) {
    Slot& slot = slots_[slot_of(at_ns)];
    slot.count += 1;
    const double weight = std::max(weight_, 1.0 / static_cast<double>(slot.count));
    slot.mean += static_cast<float>(weight * (rate - static_cast<double>(slot.mean)));
  }

  // Of the slot alone, where it has seen one.
  std::optional<double> at(uint64_t at_ns) const {
    const Slot& slot = slots_[slot_of(at_ns)];
    if (slot.count == 0) return std::nullopt;
    return static_cast<double>(slot.mean);
  }

  // Smoothed over the neighbours, where any has seen a sample.
  std::optional<double> around(uint64_t at_ns) const {
    const std::size_t n = slots_.size();
    const std::size_t centre = slot_of(at_ns);
    double sum = 0, weights = 0;
    for (std::size_t k = 0; k <= 2 * half_width_; ++k) {
      const Slot& slot = slots_[(centre + n + k - half_width_) % n];
      if (slot.count == 0) continue;
      const std::size_t distance = k > half_width_ ? k - half_width_ : half_width_ - k;
      const double weight = static_cast<double>(half_width_ + 1 - distance);
      sum += weight * static_cast<double>(slot.mean);
      weights += weight;
    }
    if (weights == 0) return std::nullopt;
    return sum / weights;
  }

  // Samples of the slot itself.
  uint32_t samples(uint64_t at_ns) const { return slots_[slot_of(at_ns)].count; }

  void state(StateArchive& archive) {
    for (Slot& slot : slots_) {
      archive.value(slot.mean);
      archive.value(slot.count);
    }
  }

 private:
  struct Slot {
    float mean = 0;
    uint32_t count = 0;
  };

  std::size_t slot_of(uint64_t at_ns) const {
    return static_cast<std::size_t>(at_ns % period_ns_ / slot_ns_);
  }

  uint64_t period_ns_, slot_ns_;
  double weight_;
  std::vector<Slot> slots_;
  std::size_t half_width_;
};

}  // namespace og
