// SPDX-License-Identifier: Apache-2.0
// set {key, value}, delete {key}, batch {writes: [[key, value | null]]} -> "ok"; get {key} -> value
// | "absent". "hex": true says that keys and values are in hexadecimal.
#include <deque>
#include <vector>

#include "core/stores/open_store.h"
#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string to_hex(const std::string& bytes) {
  std::string text;
  for (unsigned char c : bytes) {
    text += "0123456789abcdef"[c >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

class StoreDriver : public Driver {
 public:
  explicit StoreDriver(const Setup& setup) : store_(must(open_store(setup.config, setup.clock))) {}

  json step(const json& step, int64_t) override {
    bool hex = step.value("hex", false);
    auto decode = [&](const json& text) {
      return hex ? from_hex(text.get<std::string>()) : text.get<std::string>();
    };
    std::string op = step.at("op");
    if (op == "get") {
      auto found = must(store_->get(decode(step.at("key"))));
      if (!found) return "absent";
      return hex ? to_hex(*found) : *found;
    }
    if (op == "set") return word(store_->set(decode(step.at("key")), decode(step.at("value"))));
    if (op == "delete") return word(store_->erase(decode(step.at("key"))));
    if (op == "batch") {
      std::deque<std::string> bytes;
      std::vector<StoreWrite> writes;
      for (const json& write : step.at("writes")) {
        writes.push_back({bytes.emplace_back(decode(write[0])), std::nullopt});
        if (!write[1].is_null()) writes.back().value = bytes.emplace_back(decode(write[1]));
      }
      return word(store_->write(writes));
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static json word(const Result<void>& result) {
    return result ? json("ok") : error_json(result.error());
  }
  std::unique_ptr<Store> store_;
};

}  // namespace

std::unique_ptr<Driver> make_store_driver(const Setup& setup) {
  return std::make_unique<StoreDriver>(setup);
}

}  // namespace og::conformance
