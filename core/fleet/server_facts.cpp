// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/server_facts.h"

#include <utility>

namespace og {
namespace {

// A line, without its end; the text goes on behind it.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

ServerFacts ServerFacts::parse(std::string_view info) {
  ServerFacts facts;
  const std::pair<std::string_view, std::string*> wanted[] = {
      {"role", &facts.role},
      {"run_id", &facts.run_id},
      {"master_replid", &facts.replication_id},
      {"maxmemory_policy", &facts.eviction},
      {"maxmemory", &facts.memory_limit},
  };
  while (!info.empty()) {
    const std::string_view line = take_line(info);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon), value = line.substr(colon + 1);
    for (const auto& [field, to] : wanted) {
      if (name == field) *to = value;
    }
    // Valkey tells both: the version of Redis that it is compatible with, and its own.
    if (name == "valkey_version" || (name == "redis_version" && facts.product.empty())) {
      facts.product = name.substr(0, name.find('_'));
      facts.version = value;
    }
    if (name == "loading") facts.is_loading = value == "1";
  }
  return facts;
}

std::string ServerFacts::why_not() const {
  if (is_loading) return "the server is loading its data";
  if (role == "slave") return "the server is a replica: limits are kept on the primary";
  return {};
}

std::string ServerFacts::eviction_of_limits() const {
  return eviction != "noeviction" && memory_limit != "0" ? eviction : "";
}

std::string ServerFacts::advice_on_eviction(std::string_view policy) {
  if (policy.empty()) return {};
  return "maxmemory-policy is " + std::string(policy) +
         ": a server short of memory drops limits, and a dropped one begins anew, full; "
         "set noeviction, or use a server of their own";
}

}  // namespace og
