// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/enum_words.h"
#include "core/base/options.h"

namespace og {

// What the compiler says where an option's name or type is wrong. They have no bodies: reaching one
// is the error.
void the_table_has_no_option_of_this_name();
void the_option_is_of_another_type();
void the_options_words_are_not_the_enumerators();

// A config resolved against kTable, read by names that the compiler looks up among its rows:
//
//   auto options = OptionsOf<kLimiterOptions>::resolve(config);
//   options->integer("burst");                // a misspelt name does not compile, nor another type
//   options->choice<WhenFull>("when_full");   // the row's words must be the enum's enumerators
//
// A name is a row's number by the time the program runs. The table must be constexpr where it is
// read: so it is below its definition in the noun's source.
template <const OptionTable& kTable>
class OptionsOf : public Options {
 public:
  // An option of kTable of one of these types; without types, of any.
  template <OptionType... kTypes>
  class Name {
   public:
    template <size_t kSize>
    consteval Name(const char (&name)[kSize]) : row_(find({name, kSize - 1})) {
      if (!((sizeof...(kTypes) == 0) || ... || (kTable.rows[row_].type == kTypes))) {
        the_option_is_of_another_type();
      }
    }
    constexpr size_t row() const noexcept { return row_; }
    constexpr const char* text() const noexcept { return kTable.rows[row_].name; }

   private:
    static consteval size_t find(std::string_view name) {
      for (size_t i = 0; i < kTable.rows.size(); ++i) {
        if (kTable.rows[i].name == name) return i;
      }
      the_table_has_no_option_of_this_name();
      return 0;
    }

    size_t row_;
  };

  template <class Enum>
  class Choice : public Name<OptionType::kEnum> {
   public:
    template <size_t kSize>
    consteval Choice(const char (&name)[kSize]) : Name<OptionType::kEnum>(name) {
      if (!EnumWords<Enum>::are(kTable.rows[this->row()].choices)) {
        the_options_words_are_not_the_enumerators();
      }
    }
  };

  using Flag = Name<OptionType::kBool>;
  using Integer = Name<OptionType::kInt>;
  using Duration = Name<OptionType::kDuration>;
  using Bytes = Name<OptionType::kBytes>;
  using Number = Name<OptionType::kDouble>;
  using Events = Name<OptionType::kRate>;
  using Word = Name<OptionType::kEnum>;
  using Text = Name<OptionType::kString>;

  static Result<OptionsOf> resolve(const Config& config) {
    auto options = Options::resolve(kTable, config);
    if (!options) return tl::unexpected(std::move(options.error()));
    return OptionsOf(std::move(*options));
  }

  // Of a longer table's, among which are all rows of this one.
  static OptionsOf among(const Options& all) { return OptionsOf(all.part(kTable)); }

  bool flag(Flag name) const { return at(name.row()).integer != 0; }
  int64_t integer(Integer name) const { return at(name.row()).integer; }
  int64_t duration_ns(Duration name) const { return at(name.row()).integer; }
  int64_t bytes(Bytes name) const { return at(name.row()).integer; }
  double number(Number name) const { return at(name.row()).number; }
  // The first; of none without a default, zero.
  Rate rate(Events name) const { return rates(name).empty() ? Rate{} : rates(name).front().rate; }
  const std::vector<RateBand>& rates(Events name) const { return at(name.row()).rates; }
  const std::string& text(Text name) const { return at(name.row()).text; }
  const std::string& word(Word name) const { return at(name.row()).text; }
  bool given(Name<> name) const { return at(name.row()).given; }

  // The word's number among the row's choices.
  size_t chosen(Word name) const { return static_cast<size_t>(at(name.row()).integer); }

  template <class Enum>
  Enum choice(std::type_identity_t<Choice<Enum>> name) const {
    return static_cast<Enum>(at(name.row()).integer);
  }

 private:
  explicit OptionsOf(Options resolved) : Options(std::move(resolved)) {}
};

}  // namespace og
