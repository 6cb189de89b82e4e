// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/base/clock.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/read_gate.h"
#include "core/scope/place.h"
#include "core/service/call_table.h"
#include "core/service/request.h"
#include "core/service/service_options.h"

namespace og {

// A pass that a layer begins and the request keeps.
struct GatePass {
  explicit GatePass(ReadGate& gate) : pass(gate.enter()) {}
  ReadGate::Pass pass;
};

// A request on its way through the layers.
struct Passage {
  const ServiceRequest& request;
  const int64_t now;
  ServiceAnswer& answer;  // what the layer gives that ends it here
  uint64_t key_hash = 0;  // the cache's; 0 for a request that passes it by
  Taken taken{};
  std::optional<GatePass> pass{};  // of the servers' gate, until the request has its ticket

  // Ends the request, for what enter() and hold() return.
  bool finish(Status outcome, int64_t wait_ns = 0) noexcept {
    if (answer.value) [[unlikely]]
      answer.value = {};
    answer.result = static_cast<int64_t>(outcome);
    answer.wait_ns = wait_ns;
    return false;
  }
};

// One noun, or a few that belong together, in a request's path. A service calls each of its layers
// at every step; a layer overrides the steps at which it has something to do. Layers are final
// classes in a list of types (layers.h), so that the calls cost no more than if they were written
// down one by one.
//
// A request enter()s the layers in their order. Any of them may end it: then all undo() what it
// entered. One that has entered all becomes a call, which the layers hold() in the same order; any
// of them may end it still. A call ends once: by end(), by undo() when it was not made, or by
// abandon() when its time was over. These come in the opposite order, and find what the layer took
// in its words, which are 0 where it took nothing.
//
// Steps hold no lock and allocate nothing, but for what the essay of Service says of the cache.
//
// What a layer has beside the steps, ListedLayer says.
class ServiceLayer {
 public:
  virtual ~ServiceLayer() = default;
  ServiceLayer(const ServiceLayer&) = delete;
  ServiceLayer& operator=(const ServiceLayer&) = delete;

  // True: the request goes on. False: it is ended, and has taken nothing here. May throw
  // std::bad_alloc, with nothing taken.
  virtual bool enter(Passage&) { return true; }
  virtual bool hold(Passage&) { return true; }

  // The request ended at a layer, or the call was not made: nothing is recorded.
  virtual void undo(const Taken&, std::string_view /*key*/, int64_t /*now*/) noexcept {}
  // The call has ended. kNoMemory, or kOk.
  virtual Status end(const Call&, const ServiceEnding&, int64_t /*now*/) noexcept {
    return Status::kOk;
  }
  // The call was never ended: it may have been made, or not.
  virtual void abandon(const Call& call, int64_t now) noexcept { undo(call.taken, call.key, now); }

  // Before the first layer is entered: how long the request is to wait for another's load. 0: not
  // at all.
  virtual int64_t load_wait(Passage&) const noexcept { return 0; }
  // Whether the layer would end the request now: one that would be refused after a wait is refused
  // at once.
  virtual bool would_refuse(const ServiceRequest&, int64_t /*now*/) const noexcept { return false; }

  // Whether calls keep their key, for end() and undo().
  virtual bool needs_key() const noexcept { return false; }

  virtual void collect(MetricSink& sink) const = 0;
  // The noun of the layer's whose options these are, for a handle to it; null when it has none.
  // `server`: where each has one of its own.
  virtual std::shared_ptr<void> noun(const OptionTable& of, int32_t server) const = 0;

 protected:
  explicit ServiceLayer(size_t first_word) : first_word_(first_word) {}

  // What the request holds of this layer.
  int64_t& word(Taken& taken, size_t which = 0) const noexcept {
    return taken.words[first_word_ + which];
  }
  int64_t word(const Taken& taken, size_t which = 0) const noexcept {
    return taken.words[first_word_ + which];
  }

 private:
  const size_t first_word_;
};

// What a layer is made from. Where the place is in a scope, a layer whose noun can lie there lies
// there under the place's name, for all services of that name.
struct LayerContext {
  size_t first_word;  // the layer's, for its constructor
  const Config& config;
  const ServiceSettings& settings;
  const ClockPtr& clock;
  const Place& place;
  ServiceCounts& counts;  // the service's own, which og_service_stat() tells
  // Whether a layer that a request enters first has this noun.
  std::function<bool(const OptionTable&)> has;
};

template <class L>
concept ListedLayer =
    std::derived_from<L, ServiceLayer> && std::is_final_v<L> && requires(LayerContext context) {
      // How many words it keeps of a call.
      { L::kWords } -> std::convertible_to<size_t>;
      // An array of its nouns' tables, which may be empty. The options of each are the service's
      // under the noun's name and a dot.
      { L::kOptions } -> std::convertible_to<std::span<const OptionTable* const>>;
      // Null when the config leaves it out.
      { L::make(context) } -> std::same_as<Result<std::unique_ptr<L>>>;
    };

// Makes a noun from its section of a service's config, so that errors name its options in full:
// nothing when it is left out.
template <class Make>
auto make_noun(const Config& section, Make&& make)
    -> Result<std::shared_ptr<typename decltype(make(section))::value_type::element_type>> {
  if (section.entries().empty()) return nullptr;
  auto made = std::forward<Make>(make)(section);
  if (!made) return tl::unexpected(in_layer(std::move(made.error()), section));
  return std::move(*made);
}

}  // namespace og
