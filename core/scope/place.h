// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/typed_options.h"
#include "core/scope/heap_scope.h"
#include "core/scope/scope.h"

namespace og {

// What a noun's cells are.
struct CellSpec {
  CellKind kind;
  CellLayout layout = {};
};

// What a noun does that is made in a scope where it is there already, with other options.
enum class OnMismatch { kAdopt, kReplace, kRefuse };

// clang-format off: a row an option
inline constexpr OptionSpec kOnMismatch{
    .name = "on_mismatch", .type = OptionType::kEnum, .fallback = "adopt",
    .choices = "adopt|replace|refuse",
    .doc = "In a scope that has it with other options: adopt: with those; replace: they become "
           "these, for all; refuse: an error.",
    .of_caller = true};
// clang-format on

// Whether the cells that a noun was given have other options than it was asked for, which are to
// take their place.
enum class Replaces {
  kNothing,
  kIfItCan,  // nobody else uses them
  kMust
};

// Memory for a noun's cells, kept with their scope for as long as this is: zeroed, or in use by
// other processes as the same noun.
class CellMemory {
 public:
  CellMemory(Scope::Cells cells, std::shared_ptr<Scope> scope, std::string name = {},
             Replaces replaces = Replaces::kNothing)
      : cells_(std::move(cells)),
        scope_(std::move(scope)),
        name_(std::move(name)),
        replaces_(replaces) {}

  char* data() const noexcept { return cells_.own; }
  uint64_t bytes() const noexcept { return cells_.own_bytes; }
  // The version of the cells: where it is an older one than this release's, they lack what it has
  // more.
  uint16_t layout() const noexcept { return cells_.layout; }
  // What was asked for to share; null where nobody else uses the cells.
  char* shared() const noexcept { return cells_.shared; }
  const Scope& scope() const noexcept { return *scope_; }
  // The noun's: what refusals and differences name it by; "" where it was given none.
  const std::string& name() const noexcept { return name_; }
  Replaces replaces() const noexcept { return replaces_; }
  // The options that hold, as Options::meaning(), and what tells whether others have changed them:
  // see ScopeObject.
  std::string options() const { return cells_.object->options(); }
  const std::atomic<uint64_t>* options_version() const noexcept {
    return cells_.object->options_version();
  }
  void tell_difference(std::string object, const std::string& sentence) const {
    scope_->tell_difference(std::move(object), scope_->title() + ": " + sentence);
  }
  // What begins at `data` within it, kept as it is.
  CellMemory part(char* data) const {
    return {{data, nullptr, cells_.object, 0, cells_.layout}, scope_};
  }

  // Gives the noun other options while it is in use: those that `config` names. `decide` is given
  // what they were and what they become, and gives what writes that into the cells, or why it
  // cannot be.
  template <const OptionTable& kTable, class F>
  Result<void> change(const Config& config, F&& decide) const {
    return cells_.object->change_options(
        [&](const std::string& text) -> Result<ScopeObject::Changed> {
          auto change = Options::change(kTable, text, config);
          if (!change) return tl::unexpected(std::move(change.error()));
          Result<std::function<void()>> write = decide(OptionsOf<kTable>::among(change->before),
                                                       OptionsOf<kTable>::among(change->after));
          if (!write) return tl::unexpected(std::move(write.error()));
          return ScopeObject::Changed{std::move(change->meaning), std::move(*write)};
        });
  }

 private:
  Scope::Cells cells_;
  std::shared_ptr<Scope> scope_;
  std::string name_;
  Replaces replaces_ = Replaces::kNothing;
};

// Where a noun's cells lie: in a scope, under a name where that has names; on the heap a name is
// for messages alone. The algorithms are the same: they are given zeroed words on a cache line's
// boundary, and hold offsets alone.
class Place {
 public:
  Place() : Place(HeapScope::instance(), {}) {}
  Place(std::shared_ptr<Scope> scope, std::string name)
      : scope_(std::move(scope)), name_(std::move(name)) {}

  const Scope& scope() const noexcept { return *scope_; }
  const std::string& name() const noexcept { return name_; }
  // Where what belongs to the noun lies: under the noun's name and `part`, "servers/peak_ewma".
  Place beside(std::string_view part) const {
    return Place(scope_, name_ + '/' + std::string(part));
  }
  // The seed for hashing keys: `asked`, or when that is 0 the scope's.
  uint64_t seed(uint64_t given) const { return given != 0 ? given : scope_->seed(); }

  // The cells of the noun that is asked for in `asked`, whose table has kOnMismatch among its rows.
  // Where there is one with other options, on_mismatch says whose hold; one that nobody uses takes
  // those that are asked for, and is made anew where it cannot. `bytes_for` is given those that
  // hold, more than once where others change them meanwhile, and says what cells they need.
  template <const OptionTable& kTable, class F>
  Result<CellMemory> take(CellSpec spec, const OptionsOf<kTable>& asked, F&& bytes_for) const {
    const auto on_mismatch = asked.template choice<OnMismatch>("on_mismatch");
    std::optional<OptionsOf<kTable>> agreed;
    auto bytes = [&](const Options& holding) -> Result<Scope::Bytes> {
      return bytes_for(agreed.emplace(OptionsOf<kTable>::among(holding)));
    };
    return take_agreed(spec, {kTable, asked, on_mismatch}, bytes);
  }
  // The end of the create of a noun whose options can change: gives it those that were asked for,
  // where its memory says so. Of what nobody else uses, and cannot have them, `again` makes another
  // once it has gone.
  template <class Noun, class Again>
  Result<std::unique_ptr<Noun>> settled(CellKind kind, std::unique_ptr<Noun> noun,
                                        Replaces replaces, const Options& asked,
                                        Again&& again) const {
    if (replaces == Replaces::kNothing) return noun;
    auto changed = noun->reconfigure(asked.to_config());
    if (changed) return noun;
    if (replaces == Replaces::kMust) return tl::unexpected(std::move(changed.error()));
    noun.reset();
    // Where it cannot, somebody has come meanwhile, whose it is.
    if (auto forgotten = scope_->forget(kind, name_); !forgotten && scope_->is_left(kind, name_))
      return tl::unexpected(std::move(forgotten.error()));
    return again();
  }
  // The same of what has no options.
  Result<CellMemory> take(CellSpec spec, Scope::Bytes bytes) const;

 private:
  struct Asked {
    const OptionTable& table;
    const Options& options;
    OnMismatch on_mismatch;
    bool is_left = false;  // by all who used it
  };
  struct Agreed {
    Options options;
    Replaces replaces = Replaces::kNothing;
    bool is_made_anew = false;  // nobody uses it, and it cannot change into what is asked for
  };
  using BytesFor = std::function<Result<Scope::Bytes>(const Options&)>;
  Result<CellMemory> take_agreed(CellSpec spec, Asked asked, const BytesFor& bytes_for) const;
  Result<Agreed> agree(const Asked& asked, std::string_view theirs) const;

  std::shared_ptr<Scope> scope_;
  std::string name_;
};

}  // namespace og
