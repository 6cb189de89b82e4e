// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/store.h"
#include "outgrow/store.h"

namespace og::capi {

// The program's table of functions as a Store.
class CustomStore final : public Store {
 public:
  static Result<std::unique_ptr<Store>> create(const og_store_functions& functions, ClockPtr clock);
  ~CustomStore() override;

  const char* kind() const override { return "custom"; }
  bool callable_from_library_threads() const override { return false; }

 private:
  CustomStore(const og_store_functions& functions, ClockPtr clock)
      : Store(std::move(clock)), functions_(functions) {}

  Result<std::optional<std::string>> do_get(std::string_view key) override;
  Result<void> do_write(std::span<const StoreWrite> batch) override;
  Result<void> write_one(const StoreWrite& write);
  template <class F>
  og_status in_program(F&& f);

  const og_store_functions functions_;
};

}  // namespace og::capi
