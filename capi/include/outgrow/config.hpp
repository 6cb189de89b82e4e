// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/config.h>

#include <initializer_list>
#include <limits>
#include <outgrow/clock.hpp>
#include <outgrow/handle.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace outgrow {

// A value as text ("100/s", "64MiB", "30s"), a number, a bool or a duration.
class OptionValue {
 public:
  OptionValue(const char* text) {
    if (!text) throw Error(Status::invalid_argument, "an option's value is a null pointer");
    value_ = std::string(text);
  }
  OptionValue(std::string text) : value_(std::move(text)) {}
  OptionValue(std::string_view text) : value_(std::string(text)) {}
  template <class Rep, class Period>
  OptionValue(std::chrono::duration<Rep, Period> duration) : value_(spell(duration)) {}
  template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
  OptionValue(Number number) {
    if constexpr (std::is_same_v<Number, bool>) {
      value_ = number;
    } else if constexpr (std::is_floating_point_v<Number>) {
      value_ = static_cast<double>(number);
    } else if constexpr (std::is_unsigned_v<Number> && sizeof(Number) == sizeof(std::int64_t)) {
      value_ = std::to_string(number);  // may be beyond int64_t, which the library then says
    } else {
      value_ = static_cast<std::int64_t>(number);
    }
  }

  const std::variant<std::string, std::int64_t, double, bool>& get() const noexcept {
    return value_;
  }

 private:
  // In ns, exactly; what does not fit, or is no number, in words that the library refuses by the
  // option's name.
  template <class Any>
  static std::string spell(Any duration) {
    auto ns = std::chrono::duration<long double, std::nano>(duration).count();
    bool fits = ns > -9.2e18L && ns < 9.2e18L;
    return (fits ? std::to_string(std::chrono::duration_cast<Duration>(duration).count())
                 : std::to_string(ns)) +
           "ns";
  }

  std::variant<std::string, std::int64_t, double, bool> value_;
};

// Options by name. Nothing is checked before a noun is made from them, which copies them; an
// unknown name and a bad value are then different Errors, and both name the option.
// <outgrow/options.hpp> has a class for each noun's, with a function for each option. To be used by
// one thread at a time.
class Options : public detail::Handle<og_config, og_config_destroy> {
 public:
  Options() : Handle(detail::make<og_config>(og_config_create)) {}
  Options(std::initializer_list<std::pair<const char*, OptionValue>> options) : Options() {
    for (const auto& [name, value] : options) {
      if (!name) throw Error(Status::invalid_argument, "an option's name is a null pointer");
      set(name, value);
    }
  }

  // A later set wins.
  Options& set(const std::string& name, const OptionValue& value) {
    const char* c_name = detail::c_text(name);
    og_status status =
        std::visit([&](const auto& typed) { return put(c_name, typed); }, value.get());
    if (status != OG_OK) {
      throw Error(static_cast<Status>(status), name + ": " + og_status_text(status), name);
    }
    return *this;
  }

  // As making the noun would: "limiter", "cached_store".
  void check(const std::string& noun) const {
    detail::call(og_config_check, handle(), detail::c_text(noun));
  }

 private:
  og_status put(const char* name, const std::string& text) {
    return og_config_set(handle(), name, detail::c_text(text));
  }
  og_status put(const char* name, std::int64_t number) {
    return og_config_set_int(handle(), name, number);
  }
  og_status put(const char* name, double number) {
    return og_config_set_double(handle(), name, number);
  }
  og_status put(const char* name, bool flag) { return og_config_set_bool(handle(), name, flag); }
};

// The options of one noun, or of all when it is empty, as JSON.
inline std::string describe_options(const std::string& noun = {}) {
  return detail::take_text(
      detail::make<og_text>(og_config_describe, noun.empty() ? nullptr : detail::c_text(noun)));
}

}  // namespace outgrow
