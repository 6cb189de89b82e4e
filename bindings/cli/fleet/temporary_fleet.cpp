// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/fleet/temporary_fleet.h"

#include <unistd.h>

namespace og::cli {

Failure failure_of(og_error* error) {
  const ErrorHandle owned(error);
  return Failure{error ? og_error_message(error) : "the library failed"};
}

Result<TemporaryFleet> TemporaryFleet::create(const std::string& name, int64_t timeout_ms) {
  const std::string memory = "/outgrow-fleet-" + std::to_string(getpid());
  auto small = make_config("scope", {{"size", "8MiB"}});
  if (!small) return tl::unexpected(small.error());
  auto patient = make_config("fleet", {{"timeout_ms", std::to_string(timeout_ms)}});
  if (!patient) return tl::unexpected(patient.error());
  TemporaryFleet made;
  og_scope *host = nullptr, *scope = nullptr;
  og_fleet* fleet = nullptr;
  og_error* error = nullptr;
  if (og_scope_create_host(memory.c_str(), small->get(), &host, &error) != OG_OK)
    return tl::unexpected(failure_of(error));
  made.host.reset(host);
  if (og_scope_remove(memory.c_str(), &error) != OG_OK ||
      og_fleet_create_in(host, name.c_str(), patient->get(), nullptr, &fleet, &error) != OG_OK)
    return tl::unexpected(failure_of(error));
  made.fleet.reset(fleet);
  if (og_fleet_scope(fleet, &scope, &error) != OG_OK) return tl::unexpected(failure_of(error));
  made.scope.reset(scope);
  return made;
}

}  // namespace og::cli
