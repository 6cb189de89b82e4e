// SPDX-License-Identifier: Apache-2.0
// Compiled once as it is, and once with each MISTAKE, which must be an error of the name below it.
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "burst", .type = OptionType::kInt, .fallback = "10", .min = 1, .max = 1000},
    {.name = "policy", .type = OptionType::kEnum, .fallback = "allow", .choices = "allow|deny"},
};
// clang-format on
constexpr OptionTable kTable{"thing", kRows};

enum class Policy { kAllow, kDeny };
enum class Swapped { kDeny, kAllow };

}  // namespace

int64_t read(const OptionsOf<kTable>& options) {
#if MISTAKE == 1
  return options.integer("bust");  // the_table_has_no_option_of_this_name
#elif MISTAKE == 2
  return options.duration_ns("burst");  // the_option_is_of_another_type
#elif MISTAKE == 3
  return options.integer("policy");  // the_option_is_of_another_type
#elif MISTAKE == 4
  return options.choice<Swapped>("policy") ==
         Swapped::kDeny;  // the_options_words_are_not_the_enumerators
#elif MISTAKE == 5
  return options.given("bust");  // the_table_has_no_option_of_this_name
#else
  return options.integer("burst") + (options.choice<Policy>("policy") == Policy::kDeny);
#endif
}

}  // namespace og
