// SPDX-License-Identifier: Apache-2.0
#include "core/service/service_options.h"

#include <deque>
#include <string>
#include <vector>

#include "core/base/made_once.h"
#include "core/base/tickets.h"
#include "core/base/typed_options.h"
#include "core/service/layers.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "servers", .type = OptionType::kString, .fallback = "",
     .doc = "The servers to begin with, name=weight separated by commas: a=5, b, c."},
    {.name = "balance_by", .type = OptionType::kEnum, .fallback = "key", .choices = "key|client",
     .doc = "What consistent_hash keeps on one server; requests without a key go by client."},
    {.name = "max_in_flight", .type = OptionType::kInt, .fallback = "4096", .min = 1,
     .max = Tickets::kMaxCapacity, .unit = "calls",
     .doc = "Calls out at a time; requests beyond them that need one are refused."},
    {.name = "call_ms", .type = OptionType::kDuration, .fallback = "60000", .min = 0,
     .max = 2592000000, .unit = "ms",
     .doc = "A call not ended within this time is given up, unrecorded; 0 waits for ever."},
};
// clang-format on
constexpr OptionTable kOwnOptions{"service", kRows};

enum class BalanceBy { kKey, kClient };

// The nouns' rows under their prefixes. An option that a noun must be given is none here: the layer
// that lacks it says so.
struct Composed {
  std::deque<std::string> names;
  std::vector<OptionSpec> rows{std::begin(kRows), std::end(kRows)};

  Composed() {
    ServiceLayers::each_options([&](const OptionTable& noun) { add(noun); });
  }

  void add(const OptionTable& noun) {
    for (OptionSpec row : noun.rows) {
      std::string_view option = row.name;
      if (option == "ticket_ms") row.fallback = "0";  // as with_tickets() has it
      if (option == "tickets") {
        row.fallback = "";
        row.doc = "Calls in flight at a time; max_in_flight unless given.";
      }
      if (!row.fallback) row.fallback = "";
      row.name = names.emplace_back(std::string(noun.noun) + '.' + row.name).c_str();
      rows.push_back(row);
    }
  }
};

}  // namespace

const OptionTable& service_options() {
  struct Described {
    const Composed composed;
    const OptionTable table{"service", composed.rows};
  };
  static constinit MadeOnce<const Described> described;
  return described.get([] { return new Described(); }).table;
}

Result<ServiceSettings> ServiceSettings::resolve(const Config& config) {
  if (auto all = Options::resolve(service_options(), config); !all) {
    return tl::unexpected(std::move(all.error()));
  }
  auto options = OptionsOf<kOwnOptions>::resolve(config.own());
  if (!options) return tl::unexpected(std::move(options.error()));
  return ServiceSettings{
      .servers = options->text("servers"),
      .balance_by_client = options->choice<BalanceBy>("balance_by") == BalanceBy::kClient,
      .max_in_flight = options->integer("max_in_flight"),
      .call_ns = options->duration_ns("call_ms"),
  };
}

Config with_tickets(Config layer, int64_t max_in_flight) {
  if (!layer.find("tickets")) layer.set_int("tickets", max_in_flight);
  if (!layer.find("ticket_ms")) layer.set_int("ticket_ms", 0);
  return layer;
}

Error in_layer(Error error, const Config& layer) {
  if (error.option.empty() || error.option.starts_with(layer.prefix())) return error;
  if (error.message.starts_with(error.option)) {
    error.message.insert(0, layer.prefix());
  } else if (size_t at = error.message.find("'" + error.option + "'"); at != std::string::npos) {
    error.message.insert(at + 1, layer.prefix());
  }
  error.option.insert(0, layer.prefix());
  return error;
}

}  // namespace og
