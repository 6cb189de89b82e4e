// SPDX-License-Identifier: Apache-2.0
#include "outgrow/config.h"

#include <cmath>
#include <string>
#include <vector>

#include "capi/src/guard.h"
#include "capi/src/nouns.h"

using namespace og::capi;

namespace {

og::Result<const og::OptionTable*> find_table(const char* noun) {
  std::vector<std::string_view> names;
  for (const og::OptionTable* table : option_tables()) {
    if (std::string_view(table->noun) == noun) return table;
    names.push_back(table->noun);
  }
  std::string near = og::nearest_name(noun, names);
  return og::fail(og::Status::kInvalidArgument,
                  "no noun '" + std::string(noun).substr(0, 80) + "' has options" +
                      (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

}  // namespace

og_status og_config_create(og_config** out, og_error** error) {
  return guard_create(out, error, []() -> og::Result<og_config> { return og_config{}; });
}

void og_config_destroy(og_config** config) { destroy(config); }

og_status og_config_set(og_config* config, const char* name, const char* value) {
  return call<og_status>(config, [&](og_config& c) {
    if (!name || !value) return OG_INVALID_ARGUMENT;
    c.config.set(name, value);
    return OG_OK;
  });
}

og_status og_config_set_int(og_config* config, const char* name, int64_t value) {
  return call<og_status>(config, [&](og_config& c) {
    if (!name) return OG_INVALID_ARGUMENT;
    c.config.set_int(name, value);
    return OG_OK;
  });
}

og_status og_config_set_double(og_config* config, const char* name, double value) {
  return call<og_status>(config, [&](og_config& c) {
    if (!name) return OG_INVALID_ARGUMENT;
    c.config.set_double(name, value);
    return OG_OK;
  });
}

og_status og_config_set_bool(og_config* config, const char* name, int32_t value) {
  return call<og_status>(config, [&](og_config& c) {
    if (!name) return OG_INVALID_ARGUMENT;
    c.config.set_bool(name, value != 0);
    return OG_OK;
  });
}

og_status og_config_check(const og_config* config, const char* noun, og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (!noun) return og::fail(og::Status::kInvalidArgument, "noun is NULL");
    auto table = find_table(noun);
    if (!table) return tl::unexpected(table.error());
    auto options = og::Options::resolve(**table, config_or_empty(config));
    if (!options) return tl::unexpected(options.error());
    return {};
  });
}

og_status og_config_describe(const char* noun, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (noun) {
      auto table = find_table(noun);
      if (!table) return tl::unexpected(table.error());
      return og_text{og::describe(**table)};
    }
    std::string all;
    for (const og::OptionTable* table : option_tables()) {
      all += (all.empty() ? "[" : ",") + og::describe(*table);
    }
    return og_text{all + "]"};
  });
}
