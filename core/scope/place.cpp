// SPDX-License-Identifier: Apache-2.0
#include "core/scope/place.h"

namespace og {

Result<CellMemory> Place::take(CellSpec spec, Scope::Bytes bytes) const {
  auto cells = scope_->cells({spec.kind, name_, {}, bytes, spec.layout});
  if (!cells) return tl::unexpected(cells.error());
  return CellMemory(std::move(*cells), scope_);
}

// Others may make it, or change its options, between two looks. They do not do so for ever.
Result<CellMemory> Place::take_agreed(CellSpec spec, const Asked& asked,
                                      const BytesFor& bytes_for) const {
  auto there = scope_->options_of(spec.kind, name_);
  for (;;) {
    if (!there) return tl::unexpected(there.error());
    auto options = *there ? agree(asked, **there) : asked.options;
    if (!options) return tl::unexpected(options.error());
    auto bytes = bytes_for(*options);
    if (!bytes) return tl::unexpected(bytes.error());
    const std::string meaning = options->meaning();
    auto cells = scope_->cells({spec.kind, name_, meaning, *bytes, spec.layout});
    if (!cells) return tl::unexpected(cells.error());
    if (cells->object->options() == meaning) return CellMemory(std::move(*cells), scope_);
    auto theirs = Options::recall(asked.table, cells->object->options(), &asked.options);
    if (!theirs) return tl::unexpected(theirs.error());
    if (!options->difference(*theirs)) return CellMemory(std::move(*cells), scope_);
    there = cells->object->options();
  }
}

// The options that hold, where the noun is there with `theirs`.
Result<Options> Place::agree(const Asked& asked, std::string_view theirs) const {
  auto options = Options::recall(asked.table, theirs, &asked.options);
  const std::string object = std::string(asked.table.noun) + " '" + name_ + "'";
  const std::string is_there = scope_->title() + ": " + object + " is there with ";
  if (!options) {
    options.error().message = is_there + "'" + std::string(theirs) +
                              "', which this release does not know: " + options.error().message;
    return options;
  }
  const auto differs = options->difference(asked.options);
  if (!differs) return options;
  std::string sentence = is_there + differs->own + ", not with " + differs->other;
  if (!asked.adopts) return fail(Status::kBadValue, std::move(sentence), differs->option);
  scope_->tell_difference(object, std::move(sentence));
  return options;
}

}  // namespace og
