// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/options.h"
#include "core/scope/segment.h"

namespace og {

// What kinds of objects a segment holds. Pinned: part of its layout.
enum class CellKind : uint32_t {
  kLimiter = 1,
  kBreaker = 2,
  kConcurrency = 3,
  kEndpoints = 4,
  kMetrics = 5
};

// Memory for a noun's cells, kept for as long as this is: zeroed, or in use by other processes as
// the same noun with the same options.
class CellMemory {
 public:
  CellMemory(void* data, std::shared_ptr<Segment> segment, std::shared_ptr<void> heap)
      : data_(data), segment_(std::move(segment)), heap_(std::move(heap)) {}

  char* data() const noexcept { return static_cast<char*>(data_); }
  // The segment that it lies in; null for the heap.
  const Segment* segment() const noexcept { return segment_.get(); }
  // Keeps other processes from changing it meanwhile; nothing to keep on the heap. The caller's own
  // lock is given up while another process is waited for, and taken again.
  Result<std::optional<Segment::Change>> change(std::unique_lock<ForkMutex>& own) const;

 private:
  void* data_;
  std::shared_ptr<Segment> segment_;
  std::shared_ptr<void> heap_;
};

// Where a noun's cells lie: on the heap of this process, or in a segment under a name. The
// algorithms are the same: they are given zeroed words on a cache line's boundary, and hold offsets
// alone.
class Place {
 public:
  Place() = default;  // the heap
  Place(std::shared_ptr<Segment> segment, std::string name)
      : segment_(std::move(segment)), name_(std::move(name)) {}

  bool is_host() const noexcept { return segment_ != nullptr; }
  const Segment* segment() const noexcept { return segment_.get(); }

  // The seed for hashing keys, which all who share the cells must agree on: `asked`, or when that
  // is 0 one that no client can guess.
  uint64_t seed(uint64_t asked) const;

  Result<CellMemory> take(CellKind kind, const Options& options, uint64_t bytes) const;

 private:
  std::shared_ptr<Segment> segment_;
  std::string name_;
};

}  // namespace og
