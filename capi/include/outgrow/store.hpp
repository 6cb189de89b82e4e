// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <outgrow/custom_store.hpp>
#include <outgrow/store_calls.hpp>
#include <utility>

namespace outgrow {

// A system of record: memory, an SQLite file, or a store of your own. Safe from every thread.
// Failures are Errors that say what the store said.
class Store : public detail::StoreCalls {
 public:
  using StoreCalls::StoreCalls;
  // The program's, destroyed with the last noun that uses it.
  explicit Store(std::unique_ptr<CustomStore> custom)
      : StoreCalls(detail::CustomStoreFunctions::create(std::move(custom), nullptr)) {}
  Store(std::unique_ptr<CustomStore> custom, const Clock& clock)
      : StoreCalls(detail::CustomStoreFunctions::create(std::move(custom), detail::given(clock))) {}
};

}  // namespace outgrow
