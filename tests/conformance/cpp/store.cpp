// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

class StoreDriver : public Driver {
 public:
  explicit StoreDriver(const Setup& setup) : store_(setup.options, setup.clock) {}

  json step(const json& step, std::int64_t) override {
    return answer_or_error([&] { return answer_to(step); });
  }

 private:
  json answer_to(const json& step) {
    const bool hex = step.value("hex", false);
    auto decode = [&](const json& text) {
      return hex ? from_hex(text.get<std::string>()) : text.get<std::string>();
    };
    const std::string op = step.at("op");
    if (op == "get") {
      Lookup found = store_.get(decode(step.at("key")));
      if (!found) return word(found.status);
      return hex ? to_hex(found.view()) : found.value.string();
    }
    if (op == "set") return store_.set(decode(step.at("key")), decode(step.at("value"))), "ok";
    if (op == "delete") return store_.remove(decode(step.at("key"))), "ok";
    if (op == "batch") {
      Batch batch;
      for (const json& write : step.at("writes")) {
        if (write[1].is_null()) {
          batch.remove(decode(write[0]));
        } else {
          batch.set(decode(write[0]), decode(write[1]));
        }
      }
      return store_.batch_write(batch), "ok";
    }
    throw std::runtime_error("unknown op " + op);
  }

  Store store_;
};

}  // namespace

std::unique_ptr<Driver> make_store_driver(const Setup& setup) {
  return std::make_unique<StoreDriver>(setup);
}

}  // namespace outgrow::conformance
