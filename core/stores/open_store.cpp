// SPDX-License-Identifier: Apache-2.0
#include "core/stores/open_store.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/made_once.h"
#include "core/stores/store_kind.h"

namespace og {
namespace {

struct Composed {
  std::string words, doc = "Where the data lies: ";
  std::vector<OptionSpec> rows = std::vector<OptionSpec>(1);
  OptionTable table;

  Composed() {
    for (const StoreKind* kind : kStoreKinds) {
      const bool first = kind == kStoreKinds.front(), last = kind == kStoreKinds.back();
      words += (first ? "" : "|") + std::string(kind->word);
      doc += (first ? "" : last ? ", or " : ", ") + std::string(kind->where);
      for (const OptionSpec& row : kind->options) {
        if (!has(rows, row.name)) rows.push_back(row);
      }
    }
    doc += ".";
    rows[0] = {.name = "kind",
               .type = OptionType::kEnum,
               .fallback = kStoreKinds.front()->word,
               .choices = words.c_str(),
               .doc = doc.c_str()};
    table = {"store", rows};
  }

  static bool has(std::span<const OptionSpec> rows, std::string_view name) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const OptionSpec& row) { return row.name && name == row.name; });
  }
};

const StoreKind& kind_of(const Config& config) {
  const std::string* given = config.find("kind");
  for (const StoreKind* kind : kStoreKinds) {
    if (given && *given == kind->word) return *kind;
  }
  return *kStoreKinds.front();
}

// What another kind reads is no option of this one; a default that is spelled out says nothing.
Result<void> check_fits(const StoreKind& kind, const Options& given, const Options& defaults) {
  const std::span<const OptionSpec> rows = store_options().rows;
  for (size_t i = 1; i < rows.size(); ++i) {
    const std::string name = rows[i].name;
    if (Composed::has(kind.options, name) || given.to_text(i) == defaults.to_text(i)) continue;
    const auto* owner =
        *std::find_if(kStoreKinds.begin(), kStoreKinds.end(),
                      [&](const StoreKind* other) { return Composed::has(other->options, name); });
    return fail(Status::kBadValue,
                "option '" + name + "' is for stores of kind " + owner->word +
                    ", and this one's is " + kind.word,
                name);
  }
  return {};
}

}  // namespace

const OptionTable& store_options() {
  static constinit MadeOnce<const Composed> composed;
  return composed.get([] { return new Composed(); }).table;
}

Result<std::unique_ptr<Store>> open_store(const Config& config, ClockPtr clock) {
  auto options = Options::resolve(store_options(), config);
  if (!options) return tl::unexpected(options.error());
  auto defaults = Options::resolve(store_options(), {});
  if (!defaults) return tl::unexpected(defaults.error());
  const StoreKind& kind = kind_of(config);
  if (auto fit = check_fits(kind, *options, *defaults); !fit) return tl::unexpected(fit.error());
  Config own;
  for (const OptionSpec& row : kind.options) {
    if (const std::string* given = config.find(row.name)) own.set(row.name, *given);
  }
  return kind.open(own, std::move(clock));
}

}  // namespace og
