// SPDX-License-Identifier: Apache-2.0
// Every noun's option table, as a user meets it.
#include <nlohmann/json.hpp>
#include <set>

#include "capi/src/nouns.h"
#include "tests/catch.h"

namespace og {

TEST_CASE("every option table is complete and consistent") {
  std::set<std::string> nouns;
  for (const OptionTable* table : capi::option_tables()) {
    CHECK(nouns.insert(table->noun).second);
    std::set<std::string> names;
    for (const OptionSpec& row : table->rows) {
      std::string name = row.name, doc = row.doc;
      INFO(table->noun << "." << name);
      CHECK(names.insert(name).second);
      CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string::npos);
      CHECK((row.type == OptionType::kDuration) == name.ends_with("_ms"));
      CHECK(doc.size() > 10);
      CHECK(doc.find('\n') == std::string::npos);
      CHECK(doc.ends_with("."));
      CHECK((row.type == OptionType::kEnum) == (std::string(row.choices) != ""));
      bool numeric = row.type != OptionType::kBool && row.type != OptionType::kEnum &&
                     row.type != OptionType::kString;
      CHECK(numeric == (row.min < row.max));
      if (!row.fallback) continue;
      // The default is within the bounds of its own row.
      OptionTable single{table->noun, {&row, 1}};
      auto options = Options::resolve(single, Config{});
      INFO((options ? "" : options.error().message));
      CHECK(options);
    }
  }
}

TEST_CASE("the description is JSON with a member for each column") {
  for (const OptionTable* table : capi::option_tables()) {
    auto described = nlohmann::json::parse(describe(*table));
    CHECK(described["noun"] == table->noun);
    REQUIRE(described["options"].size() == table->rows.size());
    for (size_t i = 0; i < table->rows.size(); ++i) {
      const OptionSpec& row = table->rows[i];
      const auto& option = described["options"][i];
      CHECK(option["name"] == row.name);
      CHECK(option["doc"] == row.doc);
      CHECK(option.contains("default") == (row.fallback != nullptr));
      CHECK(option.contains("min") == (row.min < row.max));
      if (option.contains("max")) CHECK(option["max"].get<double>() == row.max);
    }
  }
}

}  // namespace og
