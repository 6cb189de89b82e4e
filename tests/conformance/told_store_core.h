// SPDX-License-Identifier: Apache-2.0
#pragma once

// A store of the test's own over a map, which fails as it is told: "refused" writes, or "applied"
// and said to fail; "reads". Its operations are vectors' too.
#include <map>
#include <string>

#include "core/base/store.h"
#include "tests/conformance/members.h"

namespace og::conformance {

inline const Error kToldToFail{Status::kStore, "told to fail", {}};

class ToldRows final : public Store {
 public:
  explicit ToldRows(ClockPtr clock) : Store(std::move(clock)) {}
  const char* kind() const override { return "told"; }
  std::map<std::string, std::string> rows;
  std::string how;

 private:
  Result<std::optional<std::string>> do_get(std::string_view key) override {
    if (how == "reads") return og::fail(Status::kStore, "told to fail");
    auto found = rows.find(std::string(key));
    if (found == rows.end()) return std::nullopt;
    return found->second;
  }
  Result<void> do_write(std::span<const StoreWrite> batch) override {
    for (const StoreWrite& write : batch) {
      if (how == "refused") break;
      rows.erase(std::string(write.key));
      if (write.value) rows[std::string(write.key)] = std::string(*write.value);
    }
    if (how == "refused" || how == "applied") return og::fail(Status::kStore, "told to fail");
    return {};
  }
};

struct ToldStore {
  std::shared_ptr<ToldRows> told = {};

  std::shared_ptr<Store> store(ClockPtr clock) {
    return told = std::make_shared<ToldRows>(std::move(clock));
  }
  json row(const json& step) const {
    const auto found = told->rows.find(text(step, "key"));
    return found == told->rows.end() ? json() : json(found->second);
  }
  json put(const json& step) const {
    return told->rows[text(step, "key")] = text(step, "value"), "ok";
  }
  json fail(const json& step) const {
    return told->how = step.at("how").is_null() ? "" : text(step, "how"), "ok";
  }
};

}  // namespace og::conformance
