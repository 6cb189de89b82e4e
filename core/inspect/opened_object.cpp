// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/opened_object.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "core/balance/endpoints.h"
#include "core/guard/breaker.h"
#include "core/guard/concurrency.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "core/scope/place.h"

namespace og {
namespace {

template <class Noun>
class Opened final : public OpenedObject {
 public:
  explicit Opened(std::shared_ptr<Noun> noun) : noun_(std::move(noun)) {}

  void collect(MetricSink& sink) const override { placed().collect(sink); }
  std::vector<std::string> faults() const override { return placed().faults(); }
  std::optional<std::vector<HotKeys::Hot>> hottest() const override {
    if constexpr (std::is_same_v<Noun, Limiter>) return noun_->hottest();
    return std::nullopt;
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
  auto noun = create<Noun>(config_of(object), Place(segment, object.name));
  if (!noun) return tl::unexpected(noun.error());
  return std::make_unique<Opened<Noun>>(std::move(*noun));
}

template <class Noun>
constexpr ObjectKind row(CellKind kind, const char* name) {
  return {static_cast<uint32_t>(kind), name, &open_object<Noun>};
}
constexpr ObjectKind kKinds[] = {
    row<Limiter>(CellKind::kLimiter, "limiter"),
    row<Breaker>(CellKind::kBreaker, "breaker"),
    row<ConcurrencyLimiter>(CellKind::kConcurrency, "concurrency"),
    row<EndpointSet>(CellKind::kEndpoints, "endpoints"),
    row<Metrics>(CellKind::kMetrics, "metrics"),
};

}  // namespace

const ObjectKind* find_kind(uint32_t kind) noexcept {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const ObjectKind& known) { return known.kind == kind; });
  return found != std::end(kKinds) ? found : nullptr;
}

Config config_of(const Segment::ObjectInfo& object) {
  Config config;
  std::istringstream words(object.options);
  for (std::string word; words >> word;) {
    const size_t at = word.find('=');
    if (at != word.npos) config.set(word.substr(0, at), word.substr(at + 1));
  }
  return config;
}

}  // namespace og
