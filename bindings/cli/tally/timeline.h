// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace og::cli {

// What happened in one stretch of time, 15 seconds unless the log is very long.
struct Slice {
  int32_t requests = 0;
  int32_t denied = 0;
  int32_t served = 0;  // reached a server
  int32_t errors = 0;  // 5xx among the served
  int32_t hits = 0;
  int32_t lookups = 0;
  int64_t hit_bytes = 0;
  int64_t lookup_bytes = 0;
  double work_ms = 0;  // of the service-time model
  double logged_ms =
      0;  // durations that the log has, of requests for which the model does not count

  Slice& operator+=(const Slice& other);
};

/*
 * Slices of equal width from the first request's minute on, at most kSlices of them: when the log
 * outlasts that (45 days of 15 seconds), neighbours are merged and the width doubles. The last
 * minute is whole.
 */
class Timeline {
 public:
  static constexpr std::size_t kSlices = std::size_t{1} << 18;

  // The slice that epoch_s lies in; times do not step back.
  Slice& at(int64_t epoch_s);

  const std::vector<Slice>& slices() const { return slices_; }
  int64_t start_s() const { return start_s_; }  // on a full minute
  int64_t width_s() const { return width_s_; }

 private:
  void halve();
  std::size_t per_minute() const {
    return width_s_ < 60 ? static_cast<std::size_t>(60 / width_s_) : 1;
  }

  std::vector<Slice> slices_;
  int64_t start_s_ = 0;
  int64_t width_s_ = 15;  // as often as Kubernetes' autoscaler looks
};

}  // namespace og::cli
