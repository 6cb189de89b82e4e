// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "bindings/cli/failure.h"
#include "bindings/cli/replay/settings.h"

namespace og::cli {

template <auto Destroy>
struct DestroyHandle {
  template <class T>
  void operator()(T* handle) const {
    Destroy(&handle);
  }
};

template <class T, auto Destroy>
using Handle = std::unique_ptr<T, DestroyHandle<Destroy>>;

using ClockHandle = Handle<og_clock, &og_clock_destroy>;
using ConfigHandle = Handle<og_config, &og_config_destroy>;
using ErrorHandle = Handle<og_error, &og_error_destroy>;
using TextHandle = Handle<og_text, &og_text_destroy>;

// What a function of the library writes as text.
template <class Ask>
Result<std::string> text_from(Ask function) {
  og_text* made = nullptr;
  og_error* error = nullptr;
  const og_status status = function(&made, &error);
  const TextHandle text(made);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  return std::string(og_text_data(made));
}

// A noun's section as the library's config. Of two values for a key the later stands.
Result<ConfigHandle> make_config(const std::string& noun, const NounOptions& options);

// The library's refusal with the place in the file that it is about.
Failure explain(const ReplaySettings& settings, std::string_view section, const og_error* error);

// Whether the noun takes the section's options.
Result<void> check_options(const ReplaySettings& settings, const std::string& noun,
                           const NounOptions& options);

// What `create`, a noun's og_<noun>_create bound to its other arguments, makes of the section.
//   create(const og_config*, T** out, og_error** error) -> og_status
template <class HandleType, class Create>
Result<HandleType> make_noun(const ReplaySettings& settings, const std::string& noun,
                             const NounOptions& options, Create create) {
  auto config = make_config(noun, options);
  if (!config) return tl::unexpected(config.error());
  typename HandleType::pointer made = nullptr;
  og_error* error = nullptr;
  const og_status status = create(config->get(), &made, &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return tl::unexpected(explain(settings, noun, error));
  return HandleType(made);
}

template <class HandleType, class Create>
Result<HandleType> make_noun(const ReplaySettings& settings, const std::string& noun,
                             Create create) {
  const auto section = settings.nouns.find(noun);
  static const NounOptions kNone;
  return make_noun<HandleType>(
      settings, noun, section == settings.nouns.end() ? kNone : section->second, std::move(create));
}

}  // namespace og::cli
