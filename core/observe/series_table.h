// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/status.h"
#include "core/observe/series_index.h"
#include "core/observe/series_record.h"
#include "core/scope/place.h"

namespace og {

enum class SeriesKind { kCounter, kGauge, kHistogram, kLevel };  // kept, as a number, in records

// Series by their names, in memory of a fixed size that processes may share. A series is a small
// number, and stays for as long as the table. Making one takes a lock, reading it does not.
class SeriesTable {
 public:
  struct Told {  // of who asks for more than there is room for
    const char* what;
    const char* option;
  };
  static uint64_t bytes_for(int64_t series) {
    return static_cast<uint64_t>(series) * sizeof(SeriesRecord);
  }
  // memory: bytes_for(series), zeroed or in use as the same table.
  SeriesTable(CellMemory memory, int64_t series, Told told)
      : memory_(std::move(memory)),
        records_(reinterpret_cast<SeriesRecord*>(memory_.data())),
        capacity_(static_cast<int32_t>(series)),
        told_(told) {}

  // Whether another process's change of the scope is waited for.
  enum class Waits { kYes, kNo };
  // The series of that family and instance, made if it is new. kInvalidArgument where the family is
  // of another kind, or the texts are too long.
  Result<int32_t> find_or_make(SeriesKind kind, const SeriesRecord::Names& names,
                               Waits waits = Waits::kYes);

  // Nullptr for an id that was never given or is of another kind.
  SeriesRecord* find(int32_t id, SeriesKind kind) const noexcept {
    if (id < 0 || id >= capacity_) return nullptr;
    SeriesRecord* const record = &records_[id];
    const bool is_it =
        record->kind.load(std::memory_order_acquire) == 1 + static_cast<uint64_t>(kind);
    return is_it ? record : nullptr;
  }
  int32_t capacity() const noexcept { return capacity_; }
  const Scope& scope() const noexcept { return memory_.scope(); }

  // f(id, kind, names, record) of each that is not damaged.
  template <class F>
  void each(F&& f) const {
    for (int32_t i = 0; i < capacity_; ++i) {
      const SeriesRecord& series = records_[i];
      const uint64_t kind = series.kind.load(std::memory_order_acquire);
      if (kind == 0) break;
      const SeriesRecord::Names names = series.names();
      if (is_family(names.family)) f(i, static_cast<SeriesKind>(kind - 1), names, series);
    }
  }
  static bool is_family(std::string_view name) noexcept;
  // What no call leaves behind; of series up to that kind.
  std::vector<std::string> faults(SeriesKind last) const;

 private:
  static constexpr int32_t kNew = SeriesIndex::kNone;

  // The id that these names have, or kNew. indexed_ is then the first id that is nobody's.
  Result<int32_t> look_up(SeriesKind kind, const SeriesRecord::Names& names) OG_REQUIRES(mutex_);
  tl::unexpected<Error> full() const;

  const CellMemory memory_;
  SeriesRecord* const records_;
  const int32_t capacity_;
  const Told told_;
  mutable ForkMutex mutex_;  // of those who make
  SeriesIndex index_ OG_GUARDED_BY(mutex_){[this](int32_t id) { return records_[id].names(); }};
  // As many records as the index knows: ids are given in order.
  int32_t indexed_ OG_GUARDED_BY(mutex_) = 0;
};

}  // namespace og
