// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/scale/state_archive.h"

namespace og {

// The mean of a minute's samples, however often one comes. It is a little less than a minute, so
// that a sample a minute, whose clock jitters, is alone. In fixed memory: past kKept samples the
// oldest goes.
class LastMinute {
 public:
  static constexpr int64_t kSpanNs = 55'000'000'000;
  static constexpr std::size_t kKept = 64;

  // `now` is later than that of the sample before.
  void add(int64_t now, double value) {
    while (size_ > 0 && now - samples_[first_].at >= kSpanNs) drop();
    if (size_ == kKept) drop();
    samples_[(first_ + size_++) % kKept] = {now, value};
  }

  void clear() { size_ = 0; }

  void state(StateArchive& archive) {
    const std::size_t size = archive.count(size_, kKept);
    for (std::size_t i = 0; i < size; ++i) {
      Sample sample = samples_[(first_ + i) % kKept];
      archive.time(sample.at);
      archive.value(sample.value);
      if (archive.reads()) samples_[i] = sample;
    }
    if (archive.reads()) first_ = 0, size_ = size;
  }

  double mean() const {
    double sum = 0;
    for (std::size_t i = 0; i < size_; ++i) sum += samples_[(first_ + i) % kKept].value;
    return size_ > 0 ? sum / static_cast<double>(size_) : 0;
  }

 private:
  struct Sample {
    int64_t at;
    double value;
  };

  void drop() {
    first_ = (first_ + 1) % kKept;
    --size_;
  }

  std::array<Sample, kKept> samples_{};
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace og
