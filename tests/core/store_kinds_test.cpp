// SPDX-License-Identifier: Apache-2.0
// The list of kinds of stores: what is true of each of them, whoever adds one.
#include <algorithm>
#include <set>
#include <string>

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

}  // namespace

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
