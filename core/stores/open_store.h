// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/options.h"
#include "core/base/store.h"

namespace og {

struct StoreKind;

// Opens stores of some kinds, by the word of each. The first is the default.
class StoreOpener {
 public:
  explicit StoreOpener(std::span<const StoreKind* const> kinds);
  StoreOpener(const StoreOpener&) = delete;
  StoreOpener& operator=(const StoreOpener&) = delete;

  // `kind`, and the options of all kinds.
  const OptionTable& options() const { return table_; }
  // The store that the config describes. What only another kind reads is an error.
  Result<std::unique_ptr<Store>> open(const Config& config, ClockPtr clock) const;

 private:
  const StoreKind& kind_of(const Config& config) const;
  Result<void> check_fits(const StoreKind& kind, const Options& given) const;

  const std::span<const StoreKind* const> kinds_;
  std::string words_, doc_ = "Where the data lies: ";
  std::vector<OptionSpec> rows_ = std::vector<OptionSpec>(1);
  OptionTable table_;
};

// Of the kinds that the library has (store_kind.h).
const OptionTable& store_options();
Result<std::unique_ptr<Store>> open_store(const Config& config, ClockPtr clock);

}  // namespace og
