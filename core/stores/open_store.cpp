// SPDX-License-Identifier: Apache-2.0
#include "core/stores/open_store.h"

#include <algorithm>

#include "core/base/shown_text.h"
#include "core/base/typed_options.h"
#include "core/stores/memory_store.h"
#ifdef OUTGROW_SQLITE
#include "core/stores/sqlite_store.h"
#endif

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "kind", .type = OptionType::kEnum, .fallback = "memory", .choices = "memory|sqlite",
     .doc = "Where the data lies: this process's memory, or an SQLite file."},
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

enum class StoreKind { kMemory, kSqlite };

}  // namespace

constexpr OptionTable kStoreOptions{"store", kRows};

namespace {

// What only an SQLite store reads is no option of another; a default that is spelled out says
// nothing.
Result<void> check_no_sqlite(const Options& given, const Options& defaults) {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    const std::string name = kRows[i].name;
    if (name == "kind" || given.to_text(i) == defaults.to_text(i)) continue;
    return fail(Status::kBadValue,
                "option '" + name + "' is for stores of kind sqlite, and this one's is memory",
                name);
  }
  return {};
}

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

Result<std::unique_ptr<Store>> open_sqlite(const OptionsOf<kStoreOptions>& options,
                                           ClockPtr clock) {
#ifdef OUTGROW_SQLITE
  SqliteSettings settings{
      .path = options.text("path"),
      .table = options.text("table"),
      .read_only = options.flag("read_only"),
      .exclusive = options.flag("exclusive"),
      .busy_timeout_ms = options.duration_ns("busy_timeout_ms") / 1'000'000,
      .synchronous = options.word("synchronous"),
  };
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
  return SqliteStore::open(std::move(settings), options.integer("readers"), std::move(clock));
#else
  (void)options;
  (void)clock;
  return fail(Status::kUnsupported, "this build of outgrow has no SQLite", "kind");
#endif
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const Config& config, ClockPtr clock) {
  auto options = OptionsOf<kStoreOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  if (options->choice<StoreKind>("kind") == StoreKind::kSqlite)
    return open_sqlite(*options, std::move(clock));
  auto defaults = Options::resolve(kStoreOptions, {});
  if (!defaults) return tl::unexpected(defaults.error());
  if (auto fit = check_no_sqlite(*options, *defaults); !fit) return tl::unexpected(fit.error());
  return std::make_unique<MemoryStore>(std::move(clock));
}

}  // namespace og
