// SPDX-License-Identifier: Apache-2.0
// The list of kinds of stores: what is true of each of them, whoever adds one, and of one of the
// test's own.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/stores/open_store.h"
#include "core/stores/store_kind.h"
#include "tests/catch.h"

namespace og {
namespace {

bool reads(const StoreKind& kind, std::string_view option) {
  return std::any_of(kind.options.begin(), kind.options.end(),
                     [&](const OptionSpec& row) { return option == row.name; });
}

// A value of the row that is not its default.
std::string other_value(const OptionSpec& row) {
  const std::string fallback = row.fallback;
  switch (row.type) {
    case OptionType::kBool:
      return fallback == "true" ? "false" : "true";
    case OptionType::kString:
      return fallback + "x";
    case OptionType::kEnum: {
      const std::string words = row.choices;
      const std::string first = words.substr(0, words.find('|'));
      return first != fallback ? first : words.substr(words.rfind('|') + 1);
    }
    default:
      return std::to_string(static_cast<int64_t>(row.min) + 1);
  }
}

// Keeps nothing, and tells what it was opened with.
class Sink final : public Store {
 public:
  Sink(const Config& config, ClockPtr clock) : Store(std::move(clock)), config_(config) {}
  const char* kind() const override { return "sink"; }

 private:
  Result<std::optional<std::string>> do_get(std::string_view key) override {
    const std::string* found = config_.find(key);
    return found ? std::optional(*found) : std::nullopt;
  }
  Result<void> do_write(std::span<const StoreWrite>) override { return {}; }
  const Config config_;
};

constexpr OptionSpec kSinkRows[] = {
    {.name = "depth", .type = OptionType::kInt, .fallback = "1", .min = 1, .max = 9},
};
constexpr StoreKind kSink{
    "sink", "nowhere", kSinkRows,
    [](const Config& options, ClockPtr clock) -> Result<std::unique_ptr<Store>> {
      return std::make_unique<Sink>(options, std::move(clock));
    }};

}  // namespace

TEST_CASE("store: a kind of one's own is a row, and is opened with what it reads") {
  const std::array kinds = {&kMemoryStore, &kSink};
  const StoreOpener opener(kinds);
  CHECK(std::string(opener.options().rows[0].choices) == "memory|sink");
  CHECK(std::string(opener.options().rows[0].doc) ==
        "Where the data lies: this process's memory, or nowhere.");
  Config config;
  CHECK(std::string((*opener.open(config, system_clock()))->kind()) == "memory");
  config.set("depth", "3");
  CHECK(opener.open(config, system_clock()).error().message ==
        "option 'depth' is for stores of kind sink, and this one's is memory");
  config.set("kind", "sink");
  auto store = opener.open(config, system_clock());
  REQUIRE(store);
  CHECK(std::string((*store)->kind()) == "sink");
  CHECK(**(*store)->get("depth") == "3");
  CHECK_FALSE(*(*store)->get("kind"));
  config.set("depth", "10");
  CHECK(opener.open(config, system_clock()).error().option == "depth");
}

TEST_CASE("store: the options are the kind, and each kind's own once") {
  const std::span<const OptionSpec> rows = store_options().rows;
  CHECK(std::string(rows[0].name) == "kind");
  CHECK(std::string(rows[0].choices) == "memory|sqlite");
  CHECK(std::string(rows[0].doc) ==
        "Where the data lies: this process's memory, or an SQLite file.");
  std::set<std::string> names;
  for (const OptionSpec& row : rows) CHECK(names.insert(row.name).second);
  for (const StoreKind* kind : kStoreKinds) {
    for (const OptionSpec& row : kind->options) CHECK(names.count(row.name) == 1);
  }
}

TEST_CASE("store: what another kind reads is refused, and names that kind") {
  size_t refused = 0;
  for (const StoreKind* kind : kStoreKinds) {
    for (const StoreKind* other : kStoreKinds) {
      for (const OptionSpec& row : other->options) {
        if (reads(*kind, row.name)) continue;
        Config config;
        config.set("kind", kind->word);
        config.set(row.name, other_value(row));
        INFO(kind->word << " " << row.name);
        auto store = open_store(config, system_clock());
        REQUIRE_FALSE(store);
        CHECK(store.error().code == Status::kBadValue);
        CHECK(store.error().option == row.name);
        CHECK(store.error().message == "option '" + std::string(row.name) +
                                           "' is for stores of kind " + other->word +
                                           ", and this one's is " + kind->word);
        ++refused;
      }
    }
  }
  CHECK(refused > 0);
}

}  // namespace og
