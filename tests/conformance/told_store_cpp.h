// SPDX-License-Identifier: Apache-2.0
#pragma once

// A store of the test's own over a map, which fails as it is told: "refused" writes, or "applied"
// and said to fail; "reads". Its operations are vectors' too.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tests/conformance/answers_cpp.h"

namespace outgrow::conformance {

struct Told {
  std::map<std::string, std::string> rows = {};
  std::string how = {};
};

class ToldRows : public CustomStore {
 public:
  explicit ToldRows(std::shared_ptr<Told> told) : told_(std::move(told)) {}

  std::optional<std::string> get(std::string_view key) override {
    if (told_->how == "reads") throw Error(Status::store, "told to fail");
    auto found = told_->rows.find(std::string(key));
    return found == told_->rows.end() ? std::nullopt : std::optional(found->second);
  }
  void set(std::string_view key, std::string_view value) override { write({key, value}), end(); }
  void remove(std::string_view key) override { write({key, std::nullopt}), end(); }
  void batch_write(const BatchView& batch) override {
    for (Write each : batch) write(each);
    end();
  }

 private:
  void write(const Write& write) {
    if (told_->how == "refused") return;
    told_->rows.erase(std::string(write.key));
    if (write.value) told_->rows.emplace(write.key, *write.value);
  }
  void end() const {
    if (told_->how == "refused" || told_->how == "applied") {
      throw Error(Status::store, "told to fail");
    }
  }

  std::shared_ptr<Told> told_;
};

struct ToldStore {
  std::shared_ptr<Told> told = std::make_shared<Told>();

  Store store(const Clock& clock) const { return Store(std::make_unique<ToldRows>(told), clock); }
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

}  // namespace outgrow::conformance
