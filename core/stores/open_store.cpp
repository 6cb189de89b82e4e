// SPDX-License-Identifier: Apache-2.0
#include "core/stores/open_store.h"

#include <algorithm>
#include <string_view>

#include "core/base/made_once.h"
#include "core/stores/store_kind.h"

namespace og {
namespace {

bool has_row(std::span<const OptionSpec> rows, std::string_view name) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const OptionSpec& row) { return row.name && name == row.name; });
}

const StoreOpener& opener() {
  static constinit MadeOnce<const StoreOpener> made;
  return made.get([] { return new StoreOpener(kStoreKinds); });
}

}  // namespace

StoreOpener::StoreOpener(std::span<const StoreKind* const> kinds) : kinds_(kinds) {
  for (const StoreKind* kind : kinds_) {
    const bool first = kind == kinds_.front(), last = kind == kinds_.back();
    words_ += (first ? "" : "|") + std::string(kind->word);
    doc_ += (first ? "" : last ? ", or " : ", ") + std::string(kind->where);
    for (const OptionSpec& row : kind->options) {
      if (!has_row(rows_, row.name)) rows_.push_back(row);
    }
  }
  doc_ += ".";
  rows_[0] = {.name = "kind",
              .type = OptionType::kEnum,
              .fallback = kinds_.front()->word,
              .choices = words_.c_str(),
              .doc = doc_.c_str()};
  table_ = {"store", rows_};
}

const StoreKind& StoreOpener::kind_of(const Config& config) const {
  const std::string* given = config.find("kind");
  for (const StoreKind* kind : kinds_) {
    if (given && *given == kind->word) return *kind;
  }
  return *kinds_.front();
}

// A default that is spelled out says nothing.
Result<void> StoreOpener::check_fits(const StoreKind& kind, const Options& given) const {
  auto defaults = Options::resolve(table_, {});
  if (!defaults) return tl::unexpected(std::move(defaults.error()));
  for (size_t i = 1; i < rows_.size(); ++i) {
    const std::string name = rows_[i].name;
    if (has_row(kind.options, name) || given.to_text(i) == defaults->to_text(i)) continue;
    const auto* owner = *std::find_if(kinds_.begin(), kinds_.end(), [&](const StoreKind* other) {
      return has_row(other->options, name);
    });
    return fail(Status::kBadValue,
                "option '" + name + "' is for stores of kind " + owner->word +
                    ", and this one's is " + kind.word,
                name);
  }
  return {};
}

Result<std::unique_ptr<Store>> StoreOpener::open(const Config& config, ClockPtr clock) const {
  auto options = Options::resolve(table_, config);
  if (!options) return tl::unexpected(std::move(options.error()));
  const StoreKind& kind = kind_of(config);
  if (auto fit = check_fits(kind, *options); !fit) return tl::unexpected(std::move(fit.error()));
  Config own;
  for (const OptionSpec& row : kind.options) {
    if (const std::string* given = config.find(row.name)) own.set(row.name, *given);
  }
  return kind.open(own, std::move(clock));
}

const OptionTable& store_options() { return opener().options(); }

Result<std::unique_ptr<Store>> open_store(const Config& config, ClockPtr clock) {
  return opener().open(config, std::move(clock));
}

}  // namespace og
