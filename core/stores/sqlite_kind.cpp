// SPDX-License-Identifier: Apache-2.0
// What users say of an SQLite store: its options, and what they may be.
#include <algorithm>

#include "core/base/shown_text.h"
#include "core/base/typed_options.h"
#include "core/stores/sqlite_store.h"
#include "core/stores/store_kind.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "path", .type = OptionType::kString, .fallback = "",
     .doc = "The SQLite file, created if there is none; ':memory:' for a database without one."},
    {.name = "table", .type = OptionType::kString, .fallback = "outgrow",
     .doc = "The SQLite table (key BLOB PRIMARY KEY, value BLOB), created if there is none: "
            "letters, digits and underscores."},
    {.name = "synchronous", .type = OptionType::kEnum, .fallback = "normal",
     .choices = "off|normal|full",
     .doc = "What a commit waits for. normal survives the process's crash and may lose the last "
            "commits with the machine's power; full loses none; off trusts the system."},
    {.name = "busy_timeout_ms", .type = OptionType::kDuration, .fallback = "5000", .min = 0,
     .max = 3600000, .unit = "ms",
     .doc = "How long to wait for another process that holds the file's lock."},
    {.name = "readers", .type = OptionType::kInt, .fallback = "4", .min = 1, .max = 64,
     .unit = "connections",
     .doc = "SQLite connections that read beside the one that writes."},
    {.name = "exclusive", .type = OptionType::kBool, .fallback = "false",
     .doc = "Keep the SQLite file to this store while it is open, on one connection: reads then "
            "need no lock of the system's. Others get a timeout."},
    {.name = "read_only", .type = OptionType::kBool, .fallback = "false",
     .doc = "Open an existing SQLite file for reading alone."},
};
// clang-format on

#ifdef OUTGROW_SQLITE
constexpr OptionTable kSqliteOptions{"store", kRows};

bool plain_name(const std::string& given) {
  std::string name = given;  // SQLite's own names are so in any case
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= 64 && letter(name[0]) && !name.starts_with("sqlite_") &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

Result<void> check(const SqliteSettings& settings) {
  if (settings.path.empty()) {
    return fail(Status::kBadValue, "option 'path' must be given for an SQLite store", "path");
  }
  if (settings.path.starts_with("file:")) {
    return fail(Status::kBadValue,
                "option 'path' cannot be '" + shown(settings.path, 80) +
                    "': it is a file's name, not a URI; write ./file: for a file of such a name",
                "path");
  }
  if (!plain_name(settings.table)) {
    return fail(Status::kBadValue,
                "option 'table' cannot be '" + shown(settings.table, 80) +
                    "': use letters, digits and underscores, no digit first, at most 64, and no "
                    "sqlite_ first",
                "table");
  }
  return {};
}

Result<std::unique_ptr<Store>> open_sqlite(const Config& config, ClockPtr clock) {
  auto options = OptionsOf<kSqliteOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  SqliteSettings settings{
      .path = options->text("path"),
      .table = options->text("table"),
      .read_only = options->flag("read_only"),
      .exclusive = options->flag("exclusive"),
      .busy_timeout_ms = options->duration_ns("busy_timeout_ms") / 1'000'000,
      .synchronous = options->word("synchronous"),
  };
  if (auto checked = check(settings); !checked) return tl::unexpected(checked.error());
  return SqliteStore::open(std::move(settings), options->integer("readers"), std::move(clock));
}

#else

Result<std::unique_ptr<Store>> open_sqlite(const Config&, ClockPtr) {
  return fail(Status::kUnsupported, "this build of outgrow has no SQLite", "kind");
}

#endif

}  // namespace

constinit const StoreKind kSqliteStore{"sqlite", "an SQLite file", kRows, &open_sqlite};

}  // namespace og
