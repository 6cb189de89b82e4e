// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// An option by section and key, as "limiter.rate", and its value.
struct NamedText {
  std::string name;
  std::string text;
};

// One "key = value" of a noun's section, passed on to the library as text.
struct NounOption {
  std::string key;
  std::string value;
  int64_t line = 0;  // 0: the replay's own default
};
using NounOptions = std::vector<NounOption>;

struct Server {
  std::string name;
  int64_t weight = 1;
};

// What one request costs the server that answers it, and what an instance of it can do. Stated, not
// measured: most access logs do not hold it. A duration that the log has counts in its stead.
struct ServiceTime {
  double hit_ms = 0;
  double miss_ms = 0;
  double write_ms = 0;
  double denied_ms = 0;
  double per_mib_ms = 0;
  double in_flight = 0;  // requests that an instance works on at once, each for its logged duration
  double timeout_ms = 0;
  double memory_percent = 0;
  double start_ms = 0;
  double growth = 0;  // 0: such that the busiest slice fills peak_instances
  double peak_instances = 0;
};

/*
 * The replay's configuration: a TOML file whose sections [limiter], [endpoints], [balancer],
 * [breaker], [cache], [replicas], [store] and [autoscaler] hold the library's own options, checked
 * by the library, and a few keys of the replay beside them (own_options). Everything has a default.
 */
struct ReplaySettings {
  std::string path;  // of the file; empty for the defaults
  std::map<std::string, NounOptions, std::less<>> nouns;
  std::vector<Server> servers;
  std::string hash_key;  // what a hashing balancer hashes: "client" or "url"
  ServiceTime service_time;
  std::string title;
  int64_t worst_clients = 0;

  // The nouns' options that the file or the replay sets, and the service-time model.
  std::vector<NamedText> in_force() const;

  static Result<ReplaySettings> load(const std::string& path);  // "" for the defaults
};

// The names of the sections that the file may have.
std::vector<std::string_view> replay_sections();

// A row for each key that is the replay's own.
struct OwnOption {
  std::string_view section;
  std::string_view key;
  std::string_view fallback;  // as in the file, without a text's quotes
  double min;
  double max;  // below min: not a number
  std::string_view unit;
  std::string_view doc;
  bool whole = false;
  bool automatic = false;  // takes "auto" too
};
const std::vector<OwnOption>& own_options();

// What the replay sets in a noun's section when the file does not.
struct NounDefault {
  std::string_view section;
  std::string_view key;
  std::string_view value;  // "": it sets nothing, and `note` says what that means here
  std::string_view note = {};
  std::string_view unless = {};  // where the file gives this key, the library's own default holds
};
const std::vector<NounDefault>& noun_defaults();

}  // namespace og::cli
