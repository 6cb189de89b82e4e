// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <tuple>
#include <utility>

#include "core/service/layer.h"

namespace og {

// A service's layers, one of each type at most, in the order of the types.
template <ListedLayer... Layers>
class LayerList {
 public:
  static constexpr size_t kWords = (Layers::kWords + ...);

  // Calls visit(options) for each table of each layer.
  template <class F>
  static void each_options(F&& visit) {
    (visit_options<Layers>(visit), ...);
  }

  // Makes those that the context's config names.
  Result<void> make(LayerContext context) {
    context.first_word = 0;
    context.has = [this](const OptionTable& of) { return noun(of, 0) != nullptr; };
    Result<void> made;
    (make_one<Layers>(context, &made) && ...);
    return made;
  }

  // Whether predicate(layer) holds for all, in their order until it does not for one.
  template <class F>
  bool all(F&& predicate) const {
    return ((!get<Layers>() || predicate(*get<Layers>())) && ...);
  }
  // Calls visit(layer), the first layer first, or the last.
  template <class F>
  void each(F&& visit) const {
    ((get<Layers>() ? visit(*get<Layers>()) : void()), ...);
  }
  template <class F>
  void each_back(F&& visit) const {
    back(visit, std::make_index_sequence<sizeof...(Layers)>());
  }

  std::shared_ptr<void> noun(const OptionTable& of, int32_t server) const {
    std::shared_ptr<void> found;
    all([&](const ServiceLayer& layer) { return !(found = layer.noun(of, server)); });
    return found;
  }

 private:
  template <class Layer>
  Layer* get() const noexcept {
    return std::get<std::unique_ptr<Layer>>(layers_).get();
  }

  template <class Layer, class F>
  static void visit_options(F& visit) {
    for (const OptionTable* options : Layer::kOptions) visit(*options);
  }

  template <class Layer>
  bool make_one(LayerContext& context, Result<void>* result) {
    auto made = Layer::make(context);
    if (!made) {
      *result = tl::unexpected(std::move(made.error()));
      return false;
    }
    std::get<std::unique_ptr<Layer>>(layers_) = std::move(*made);
    context.first_word += Layer::kWords;
    return true;
  }

  template <class F, size_t... kIndex>
  void back(F& visit, std::index_sequence<kIndex...>) const {
    constexpr size_t kLast = sizeof...(Layers) - 1;
    ((std::get<kLast - kIndex>(layers_) ? visit(*std::get<kLast - kIndex>(layers_)) : void()), ...);
  }

  std::tuple<std::unique_ptr<Layers>...> layers_;
};

}  // namespace og
