// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/limit/hot_keys.h"
#include "core/observe/process_sums.h"
#include "core/scope/segment.h"

namespace og {

// An object of a segment as another user of it has it, like those in its processes, who only looks.
class OpenedObject {
 public:
  virtual ~OpenedObject() = default;
  virtual void collect(MetricSink& sink) const = 0;
  virtual std::vector<std::string> faults() const = 0;  // what no call leaves behind
  virtual std::optional<std::vector<HotKeys::Hot>> hottest() const = 0;  // of a limiter
  // Of metrics: what the processes that have them count each for itself.
  virtual const ProcessSums* sums() const { return nullptr; }
  // Of a breaker: how it stands, in words.
  virtual std::string state() const { return {}; }
  // Of a machine's part of a fleet: what it last knew, as a JSON object.
  virtual std::string status() const { return {}; }
};

// What may lie in a segment: a noun whose row in nouns.cpp says so, by itself or in a fleet.
struct ObjectKind {
  uint32_t kind = 0;           // a CellKind
  const char* name = nullptr;  // the noun's, or as "fleet_limiter"
  const OptionTable* options = nullptr;
  // An error where its memory is not what its options say: then it is damaged, and what it counts
  // means nothing.
  Result<std::unique_ptr<OpenedObject>> (*open)(const Segment::ObjectInfo& object,
                                                const std::shared_ptr<Segment>& segment) = nullptr;
};
// Null for a part of a noun, and for a kind of a later release.
const ObjectKind* find_kind(uint32_t kind) noexcept;
// By what it is called; null where nothing of that name lies in a segment.
const ObjectKind* find_kind(std::string_view name) noexcept;
// What a kind is called: as its noun, or as the part of a noun that it is.
const char* kind_name(uint32_t kind) noexcept;

// The options that an object has, from the text that stands beside it.
Result<Config> config_of(const Segment::ObjectInfo& object, const OptionTable& options);

}  // namespace og
