// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/guard/breaker.h"
#include "core/inspect/nouns.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "core/scope/place.h"

namespace og {

template <class Noun>
class Opened final : public OpenedObject {
 public:
  explicit Opened(std::shared_ptr<Noun> noun) : noun_(std::move(noun)) {}

  void collect(MetricSink& sink) const override { placed().collect(sink); }
  std::vector<std::string> faults() const override {
    auto faults = placed().faults();
    if (const ProcessSums* added_up = sums()) {
      for (std::string& fault : added_up->faults()) faults.push_back(std::move(fault));
    }
    return faults;
  }
  std::optional<std::vector<HotKeys::Hot>> hottest() const override {
    if constexpr (std::is_same_v<Noun, Limiter>) return noun_->hottest();
    return std::nullopt;
  }
  std::string state() const override {
    if constexpr (std::is_same_v<Noun, Breaker>) return noun_->state_in_words();
    return {};
  }
  const ProcessSums* sums() const override {
    if constexpr (std::is_same_v<Noun, Metrics>) return noun_->sums();
    return nullptr;
  }

 private:
  // What of the noun lies in the segment.
  auto& placed() const {
    if constexpr (std::is_same_v<Noun, Metrics>)
      return noun_->own();
    else
      return *noun_;
  }
  std::shared_ptr<Noun> noun_;
};

template <class Noun>
constexpr bool kReadsClock = requires(const Config& config, const Place& place) {
  Noun::create(config, system_clock(), place);
};

template <class Noun>
auto create(const Config& config, const Place& place) {
  if constexpr (kReadsClock<Noun>) {
    return Noun::create(config, system_clock(), place);
  } else {
    return Noun::create(config, place);
  }
}

template <class Noun>
Result<std::unique_ptr<OpenedObject>> open_object(const Segment::ObjectInfo& object,
                                                  const std::shared_ptr<Segment>& segment) {
  auto config = config_of(object, *find_kind(object.kind)->options);
  if (!config) return tl::unexpected(config.error());
  auto noun = create<Noun>(*config, Place(segment, object.name));
  if (!noun) return tl::unexpected(noun.error());
  return std::make_unique<Opened<Noun>>(std::move(*noun));
}

// Of a noun that has its options in a segment, and nothing besides.
class OpenedOptions final : public OpenedObject {
 public:
  void collect(MetricSink&) const override {}
  std::vector<std::string> faults() const override { return {}; }
  std::optional<std::vector<HotKeys::Hot>> hottest() const override { return std::nullopt; }

  static Result<std::unique_ptr<OpenedObject>> open(const Segment::ObjectInfo& object,
                                                    const std::shared_ptr<Segment>&) {
    auto config = config_of(object, *find_kind(object.kind)->options);
    if (!config) return tl::unexpected(config.error());
    return std::make_unique<OpenedOptions>();
  }
};

// The row of a noun that can lie in a scope.
template <class Noun>
NounRow in_scope(const OptionTable& options, CellKind kind) {
  return {&options, {static_cast<uint32_t>(kind), options.noun, &options, &open_object<Noun>}};
}

// The same of one whose options alone lie there.
inline NounRow options_in_scope(const OptionTable& options, CellKind kind) {
  return {&options, {static_cast<uint32_t>(kind), options.noun, &options, &OpenedOptions::open}};
}

}  // namespace og
