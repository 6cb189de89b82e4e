// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/host_change.h"

#include <algorithm>
#include <iostream>

#include "bindings/cli/fleet/temporary_fleet.h"
#include "bindings/cli/host_report.h"
#include "bindings/cli/nearest.h"

namespace og::cli {
namespace {

// What an object of a fleet is called in the host's scope: "fleet_limiter" 'shop/logins'.
constexpr std::string_view kOfFleet = "fleet_";
std::string noun_of(const Json& object) {
  const std::string kind = object["kind"];
  return kind.starts_with(kOfFleet) ? kind.substr(kOfFleet.size()) : kind;
}

// An object of a segment that is there: where it lies, and the options that it has.
struct Found {
  ScopeHandle scope;
  std::string name;
  ConfigHandle options;
};

// change(T* noun, og_error** error) -> og_status
template <auto CreateIn, auto Destroy, class T, class Change>
Result<void> change_noun(const Found& found, Change change) {
  T* made = nullptr;
  og_error* error = nullptr;
  og_status status =
      CreateIn(found.scope.get(), found.name.c_str(), found.options.get(), nullptr, &made, &error);
  const Handle<T, Destroy> noun(made);
  if (status == OG_OK) status = change(made, &error);
  const ErrorHandle owned(error);
  if (status == OG_OK) return {};
  return fail(error ? og_error_message(error) : og_status_text(status));
}

// A noun whose options can change.
struct Kind {
  const char* noun;
  Result<void> (*reconfigure)(const Found& found, const og_config* config);
};

template <auto CreateIn, auto Reconfigure, auto Destroy, class T>
Result<void> reconfigure_as(const Found& found, const og_config* config) {
  return change_noun<CreateIn, Destroy, T>(
      found, [&](T* noun, og_error** error) { return Reconfigure(noun, config, error); });
}

// Its options alone lie in the segment: those of any set of endpoints do.
og_status create_balancer_in(const og_scope* scope, const char* name, const og_config* config,
                             const og_clock* clock, og_balancer** out, og_error** error) {
  og_endpoints* made = nullptr;
  if (const og_status status = og_endpoints_create(nullptr, &made, error); status != OG_OK)
    return status;
  const Handle<og_endpoints, &og_endpoints_destroy> nobody(made);
  return og_balancer_create_in(scope, name, config, nobody.get(), clock, out, error);
}

// The nouns of a segment whose options can change.
constexpr Kind kKinds[] = {
    {"balancer", &reconfigure_as<&create_balancer_in, &og_balancer_reconfigure,
                                 &og_balancer_destroy, og_balancer>},
    {"breaker", &reconfigure_as<&og_breaker_create_in, &og_breaker_reconfigure, &og_breaker_destroy,
                                og_breaker>},
    {"concurrency", &reconfigure_as<&og_concurrency_create_in, &og_concurrency_reconfigure,
                                    &og_concurrency_destroy, og_concurrency>},
    {"limiter", &reconfigure_as<&og_limiter_create_in, &og_limiter_reconfigure, &og_limiter_destroy,
                                og_limiter>},
    {"slo", &reconfigure_as<&og_slo_create_in, &og_slo_reconfigure, &og_slo_destroy, og_slo>},
};

// How it is called to whoever reads about it: "limiter 'logins' of /checkout".
std::string title(const Json& object, const std::string& segment) {
  return object["kind"].get<std::string>() + " '" + printable(object["name"].get<std::string>()) +
         "' of " + one_line(segment);
}

// The object of that name, of that kind where one is given: also in a fleet, where the host has
// none itself.
Result<Json> find_object(const std::string& segment, const std::string& name,
                         const std::string& kind) {
  const auto report = inspect(segment);
  if (!report) return tl::unexpected(report.error());
  std::vector<Json> found;
  std::vector<std::string> names;
  for (const Json& object : (*report)["objects"]) {
    if (!kind.empty() && object["kind"] != kind && noun_of(object) != kind) continue;
    names.push_back(object["name"]);
    if (object["name"] == name) found.push_back(object);
  }
  const bool has_exact = std::any_of(found.begin(), found.end(),
                                     [&](const Json& object) { return object["kind"] == kind; });
  if (has_exact) std::erase_if(found, [&](const Json& object) { return object["kind"] != kind; });
  if (found.size() == 1) return found[0];
  const std::string what = kind.empty() ? "object" : kind;
  if (found.empty()) {
    const std::vector<std::string_view> known(names.begin(), names.end());
    return fail(one_line(segment) + " has no " + one_line(what) + " '" + one_line(name) + "'" +
                did_you_mean(name, known));
  }
  std::string kinds;
  for (const Json& object : found) {
    kinds += (kinds.empty() ? "" : ", ") + object["kind"].get<std::string>();
  }
  return fail("'" + one_line(name) + "' is the name of several: say --kind, one of " + kinds);
}

Result<ConfigHandle> config_of(const std::vector<std::pair<std::string, std::string>>& options) {
  og_config* made = nullptr;
  if (og_config_create(&made, nullptr) != OG_OK) return fail("out of memory");
  ConfigHandle config(made);
  for (const auto& [name, value] : options) {
    if (og_config_set(config.get(), name.c_str(), value.c_str()) != OG_OK)
      return fail("out of memory");
  }
  return config;
}

// The options that the object has.
Result<ConfigHandle> holding(const Json& object) {
  std::vector<std::pair<std::string, std::string>> options;
  for (const auto& [name, value] : object["options"].items()) options.emplace_back(name, value);
  return config_of(options);
}

// "rate=200/s" each.
Result<ConfigHandle> asked(const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> options;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == text.npos)
      return fail("'" + one_line(text) + "' is no option=value, such as rate=200/s");
    options.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return config_of(options);
}

Result<ScopeHandle> attach(const std::string& segment) {
  og_scope* made = nullptr;
  og_error* error = nullptr;
  const og_status status = og_scope_create_host(segment.c_str(), nullptr, &made, &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  return ScopeHandle(made);
}

// The fleet's scope keeps the host's.
Result<ScopeHandle> scope_of_fleet(const og_scope& host, const std::string& name) {
  og_fleet* fleet = nullptr;
  og_scope* made = nullptr;
  og_error* error = nullptr;
  og_status status = og_fleet_create_in(&host, name.c_str(), nullptr, nullptr, &fleet, &error);
  const FleetHandle owned_fleet(fleet);
  if (status == OG_OK) status = og_fleet_scope(fleet, &made, &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  return ScopeHandle(made);
}

Result<Found> attach(const std::string& segment, const Json& object) {
  auto options = holding(object);
  if (!options) return tl::unexpected(options.error());
  auto scope = attach(segment);
  if (!scope) return tl::unexpected(scope.error());
  const std::string name = object["name"], kind = object["kind"];
  const std::size_t slash = name.find('/');
  if (!kind.starts_with(kOfFleet) || slash == name.npos)
    return Found{std::move(*scope), name, std::move(*options)};
  auto fleet = scope_of_fleet(**scope, name.substr(0, slash));
  if (!fleet) return tl::unexpected(fleet.error());
  return Found{std::move(*fleet), name.substr(slash + 1), std::move(*options)};
}

}  // namespace

Result<void> set_options(const std::string& segment, const std::string& name,
                         const std::string& kind, const std::vector<std::string>& options) {
  const auto before = find_object(segment, name, kind);
  if (!before) return tl::unexpected(before.error());
  const std::string noun = noun_of(*before);
  const Kind* known = nullptr;
  for (const Kind& each : kKinds) {
    if (each.noun == noun) known = &each;
  }
  if (!known) return fail(title(*before, segment) + " has no options that change while it is used");
  const auto config = asked(options);
  if (!config) return tl::unexpected(config.error());
  const auto found = attach(segment, *before);
  if (!found) return tl::unexpected(found.error());
  if (auto done = known->reconfigure(*found, config->get()); !done) return done;
  const auto after = find_object(segment, name, (*before)["kind"]);
  if (!after) return tl::unexpected(after.error());
  std::string changed;
  for (const auto& [option, value] : (*after)["options"].items()) {
    const std::string was = (*before)["options"].value(option, "");
    if (value == was) continue;
    changed += (changed.empty() ? "" : ", ") + option + "=" + value.get<std::string>() + " (was " +
               was + ")";
  }
  std::cout << title(*after, segment) << ": "
            << (changed.empty() ? "is so already" : printable(changed, 1000)) << "\n";
  return {};
}

Result<void> force_breaker(const std::string& segment, const std::string& name, Force force) {
  const auto object = find_object(segment, name, "breaker");
  if (!object) return tl::unexpected(object.error());
  const auto found = attach(segment, *object);
  if (!found) return tl::unexpected(found.error());
  const char* said = "closed, its failures forgotten";
  auto done = change_noun<&og_breaker_create_in, &og_breaker_destroy, og_breaker>(
      *found, [&](og_breaker* breaker, og_error**) {
        switch (force) {
          case Force::kOpen:
            said = "refuses every call until it is reset";
            return og_breaker_force_open(breaker);
          case Force::kClosed:
            said = "lets every call pass until it is reset";
            return og_breaker_force_closed(breaker);
          case Force::kReset:
            break;
        }
        return og_breaker_reset(breaker);
      });
  if (!done) return done;
  std::cout << title(*object, segment) << ": " << said << "\n";
  return {};
}

Result<void> forget_object(const std::string& segment, const std::string& name,
                           const std::string& kind) {
  const auto object = find_object(segment, name, kind);
  if (!object) return tl::unexpected(object.error());
  const auto scope = attach(segment);
  if (!scope) return tl::unexpected(scope.error());
  const std::string noun = (*object)["kind"];
  og_error* error = nullptr;
  const og_status status = og_scope_forget(scope->get(), noun.c_str(), name.c_str(), &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  std::cout << title(*object, segment) << ": forgotten; who asks for it next makes it anew\n";
  return {};
}

}  // namespace og::cli
