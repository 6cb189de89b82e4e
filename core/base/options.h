// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/quantity.h"
#include "core/base/status.h"

namespace og {

// Options are set by name in a Config and resolved against a noun's table when it is created. The
// table, one row an option, is all there is to know of it: values are parsed, checked, documented
// and generated into other languages from the row.
enum class OptionType { kBool, kInt, kDouble, kDuration, kBytes, kRate, kEnum, kString };

struct OptionSpec {
  const char* name;  // duration names end in _ms
  OptionType type;
  const char*
      fallback;    // the default, as text that parses; nullptr when it must be given, "" for none
  double min = 0;  // inclusive; durations in ms, bytes in bytes, rates in events a second
  double max = 0;
  const char* unit = "";     // "ms", "bytes", "events", "" ...
  const char* choices = "";  // kEnum: the words, separated by '|'
  const char* since = "0.1";
  const char* doc = "";    // one line
  bool of_caller = false;  // how this caller makes the noun, and no part of what the noun is
  bool changes = false;    // while the noun is in use
  bool is_list = false;    // a string in which blanks mean nothing: it is kept without them
  size_t most = 1;         // kRate: how many it may be, as "100/s, 5000/h"
};

struct OptionTable {
  const char* noun;
  std::span<const OptionSpec> rows;
};

// The known name closest to `name` by edit distance, or empty when none is near.
std::string nearest_name(std::string_view name, std::span<const std::string_view> known);

// An unordered set of name = text pairs; nothing is checked until a noun is created from it.
class Config {
 public:
  void set(std::string_view name, std::string_view value);
  void set_int(std::string_view name, int64_t value);
  void set_double(std::string_view name, double value);
  void set_bool(std::string_view name, bool value);

  const std::string* find(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& entries() const { return entries_; }

  // The options whose names start with `prefix` and a dot, without them. Errors name them in full.
  Config section(std::string_view prefix) const;
  const std::string& prefix() const { return prefix_; }  // what was left out, with its dot
  Config own() const;                                    // those in no section: without a dot

 private:
  std::string prefix_;
  std::map<std::string, std::string, std::less<>> entries_;
};

// A config resolved against a table: every row has a checked value. They are read by name through
// OptionsOf<table>, in typed_options.h.
class Options {
 public:
  static Result<Options> resolve(const OptionTable& table, const Config& config);

  // The values of a table whose rows are all among this one's.
  Options part(const OptionTable& table) const;

  // All of them, "burst=20 keys=65536 rate=100/1s": equal when they mean the same, however written.
  std::string to_text() const;
  std::string to_text(size_t row) const;  // its value alone

  // What a noun is, as text that is kept where others find it: the options that are not at their
  // default, without those of the caller. So a release that has one option more reads it as well.
  std::string meaning() const;
  // The options that such a text means. What it says of options that this release does not have is
  // left out; the caller's are those of `caller`, or at their defaults.
  static Result<Options> recall(const OptionTable& table, std::string_view meaning,
                                const Options* caller = nullptr);
  Config to_config() const;                       // also the caller's
  static Config words(std::string_view meaning);  // as they stand there, whatever they mean
  // The options in which the noun that these mean is another than that of `other`, of the same
  // table: "rate=100/1s" and what other has for it.
  struct Difference {
    std::string option, own, other;
    bool changes;  // while the noun is in use
  };
  std::vector<Difference> differences(const Options& other) const;
  std::optional<Difference> difference(const Options& other) const;  // the first

  // What a noun that is as `meaning` says becomes when it is given `config`: what that does not
  // name stays. An option that cannot change while the noun is in use is an error.
  struct Change;
  static Result<Change> change(const OptionTable& table, std::string_view meaning,
                               const Config& config);

 protected:
  struct Value {
    std::string text;
    int64_t integer = 0;  // also durations in ns, bytes, true as 1, a word's index in choices
    double number = 0;
    std::vector<RateBand> rates;  // none, where it is not given and has no default
    bool given = false;
  };
  const Value& at(size_t row) const { return values_[row]; }

 private:
  static Result<Value> parse(const OptionSpec& row, const std::string& name, std::string_view text);
  static std::string text_of(const OptionSpec& row, const Value& value);
  bool is_at_default(size_t at) const;

  OptionTable table_{};
  std::vector<Value> values_;
};

struct Options::Change {
  Options before, after;
  std::string
      meaning;  // of after, with what the former said of options that this release does not have
};

// The table as JSON, for generators, reference pages and `outgrow options`.
std::string describe(const OptionTable& table);

}  // namespace og
