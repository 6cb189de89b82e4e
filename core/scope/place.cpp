// SPDX-License-Identifier: Apache-2.0
#include "core/scope/place.h"

#include <algorithm>
#include <utility>

namespace og {
namespace {

// As a shell reads it: one word.
std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./:=@%,";
  if (!text.empty() && text.find_first_not_of(kPlain) == text.npos) return std::string(text);
  std::string word = "'";
  for (const char letter : text) word += letter == '\'' ? "'\\''" : std::string(1, letter);
  return word + "'";
}

// How all of what differs can be changed while the noun is in use; nothing where it cannot.
std::string mended_by(const std::string& scope, const std::string& name,
                      const std::vector<Options::Difference>& differences) {
  if (scope.empty()) return {};
  std::string command = "outgrow host set " + shell_word(scope) + " " + shell_word(name);
  for (const auto& differs : differences) {
    if (!differs.changes) return {};
    command += " " + shell_word(differs.other);
  }
  return "; for all it is changed by: " + command;
}

}  // namespace

Result<CellMemory> Place::take(CellSpec spec, Scope::Bytes bytes) const {
  auto cells = scope_->cells({spec.kind, name_, {}, bytes, spec.layout});
  if (!cells) return tl::unexpected(cells.error());
  return CellMemory(std::move(*cells), scope_, name_);
}

// Others may make it, or change its options, between two looks. They do not do so for ever.
Result<CellMemory> Place::take_agreed(CellSpec spec, Asked asked, const BytesFor& bytes_for) const {
  auto there = scope_->options_of(spec.kind, name_);
  asked.is_left = there && *there && scope_->is_left(spec.kind, name_);
  // Of what nobody uses, what does not suit is made anew.
  const auto made_way = [&]() -> bool {
    if (!std::exchange(asked.is_left, false)) return false;
    const auto forgotten = scope_->forget(spec.kind, name_);
    there = scope_->options_of(spec.kind, name_);
    return forgotten.has_value();
  };
  for (;;) {
    if (!there) return tl::unexpected(there.error());
    auto agreed = *there ? agree(asked, **there) : Agreed{asked.options};
    if (!agreed && made_way()) continue;
    if (!agreed) return tl::unexpected(agreed.error());
    if (agreed->is_made_anew) {
      made_way();
      continue;
    }
    auto bytes = bytes_for(agreed->options);
    if (!bytes) return tl::unexpected(bytes.error());
    const std::string meaning = agreed->options.meaning();
    auto cells = scope_->cells({spec.kind, name_, meaning, *bytes, spec.layout});
    if (!cells && made_way()) continue;
    if (!cells) return tl::unexpected(cells.error());
    if (cells->object->options() == meaning)
      return CellMemory(std::move(*cells), scope_, name_, agreed->replaces);
    auto theirs = Options::recall(asked.table, cells->object->options(), &asked.options);
    if (!theirs) return tl::unexpected(theirs.error());
    if (!agreed->options.difference(*theirs))
      return CellMemory(std::move(*cells), scope_, name_, agreed->replaces);
    there = cells->object->options();
  }
}

// The options that hold, where the noun is there with `theirs`.
Result<Place::Agreed> Place::agree(const Asked& asked, std::string_view theirs) const {
  auto options = Options::recall(asked.table, theirs, &asked.options);
  const std::string object = std::string(asked.table.noun) + " '" + name_ + "'";
  const std::string is_there = scope_->title() + ": " + object + " is there with ";
  if (!options) {
    options.error().message = is_there + "'" + std::string(theirs) +
                              "', which this release does not know: " + options.error().message;
    return tl::unexpected(std::move(options.error()));
  }
  const auto differences = options->differences(asked.options);
  if (differences.empty()) return Agreed{std::move(*options)};
  auto sentence = [&](const Options::Difference& differs) {
    return is_there + differs.own + ", not with " + differs.other;
  };
  const auto fixed = std::find_if(differences.begin(), differences.end(),
                                  [](const auto& differs) { return !differs.changes; });
  const bool all_change = fixed == differences.end();
  if (asked.is_left && !all_change) return Agreed{std::move(*options), Replaces::kNothing, true};
  const Options::Difference& first = differences.front();
  if (asked.on_mismatch == OnMismatch::kReplace) {
    if (all_change) return Agreed{std::move(*options), Replaces::kMust};
    return fail(Status::kBadValue, sentence(*fixed) + ", and cannot change while it is in use",
                fixed->option);
  }
  if (asked.is_left && all_change) return Agreed{std::move(*options), Replaces::kIfItCan};
  if (asked.on_mismatch == OnMismatch::kRefuse) {
    return fail(Status::kBadValue,
                sentence(first) + mended_by(scope_->host_name(), name_, differences), first.option);
  }
  scope_->tell_difference(object, sentence(first));
  return Agreed{std::move(*options)};
}

}  // namespace og
